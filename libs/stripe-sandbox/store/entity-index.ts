import { Timeline, type Place } from './timeline.js';

/** Tells the keys by which an entity is to be found. */
export type KeysOf<T> = (entity: T) => readonly unknown[];

/** The places of entities by what they are to be found by. */
export class EntityIndex<T> {
  readonly keysOf: KeysOf<T>;
  readonly #timelines = new Map<unknown, Timeline>();

  constructor(keysOf: KeysOf<T>) {
    this.keysOf = keysOf;
  }

  /** All keys that an entity has or had. */
  keys(): unknown[] {
    return [...this.#timelines.keys()];
  }

  add(entity: T, place: Place): void {
    for (const key of new Set(this.keysOf(entity))) {
      const timeline = this.#timelines.get(key) ?? new Timeline();
      this.#timelines.set(key, timeline);
      timeline.add(place);
    }
  }

  remove(entity: T, place: Place): void {
    for (const key of this.keysOf(entity)) this.#timelines.get(key)?.remove(place);
  }

  /** Of each key that there is, what is found by it. */
  find(keys: readonly unknown[]): Timeline[] {
    return [...new Set(keys)].flatMap((key) => this.#timelines.get(key) ?? []);
  }
}
