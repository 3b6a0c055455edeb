import { Timeline, type Place } from './timeline.js';

/** Returns the keys by which an entity is found. */
export type KeysOf<T> = (entity: T) => readonly unknown[];

/** The places of entities by key. */
export class EntityIndex<T> {
  readonly keysOf: KeysOf<T>;
  /** A key that only one entity has needs no timeline: most keys of large collections are such. */
  readonly #found = new Map<unknown, Place | Timeline>();

  constructor(keysOf: KeysOf<T>) {
    this.keysOf = keysOf;
  }

  /** All keys that any entity has. Some that entities had may be among them. */
  keys(): unknown[] {
    return [...this.#found.keys()];
  }

  /** Moves a place from the old entity's keys to the new one's. */
  move(place: Place, before: T | undefined, after: T | undefined): void {
    const old = before ? this.keysOf(before) : [];
    const fresh = after ? this.keysOf(after) : [];
    for (const key of old) if (!fresh.includes(key)) this.#remove(key, place);
    const added = fresh.length > 1 ? new Set(fresh) : fresh;
    for (const key of added) if (!old.includes(key)) this.#add(key, place);
  }

  /** The timelines of the given keys. */
  find(keys: readonly unknown[]): Timeline[] {
    return [...new Set(keys)].flatMap((key) => {
      const found = this.#found.get(key);
      if (found === undefined) return [];
      return found instanceof Timeline ? found : new Timeline(found);
    });
  }

  #add(key: unknown, place: Place): void {
    const found = this.#found.get(key);
    if (found instanceof Timeline) {
      found.add(place);
      return;
    }
    if (found === undefined) {
      this.#found.set(key, place);
      return;
    }
    const both = new Timeline(found);
    both.add(place);
    this.#found.set(key, both);
  }

  #remove(key: unknown, place: Place): void {
    const found = this.#found.get(key);
    if (found instanceof Timeline) found.remove(place);
    else if (found?.id === place.id) this.#found.delete(key);
  }
}
