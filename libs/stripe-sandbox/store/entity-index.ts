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

  /** Takes a place from the keys of an entity that was there to those of the one that is there now. */
  move(place: Place, before: T | undefined, after: T | undefined): void {
    const old = before ? this.keysOf(before) : [];
    const fresh = after ? this.keysOf(after) : [];
    for (const key of old) if (!fresh.includes(key)) this.#timelines.get(key)?.remove(place);
    for (const key of new Set(fresh)) if (!old.includes(key)) this.#timelineOf(key).add(place);
  }

  /** Of each key that there is, what is found by it. */
  find(keys: readonly unknown[]): Timeline[] {
    return [...new Set(keys)].flatMap((key) => this.#timelines.get(key) ?? []);
  }

  #timelineOf(key: unknown): Timeline {
    const timeline = this.#timelines.get(key) ?? new Timeline();
    this.#timelines.set(key, timeline);
    return timeline;
  }
}
