import { Timeline, type Place } from './timeline.js';

/** Returns the keys by which an entity is found. */
export type KeysOf<T> = (entity: T) => readonly unknown[];

/** The places of entities by key. */
export class EntityIndex<T> {
  readonly keysOf: KeysOf<T>;
  readonly #timelines = new Map<unknown, Timeline>();

  constructor(keysOf: KeysOf<T>) {
    this.keysOf = keysOf;
  }

  /** All keys that any entity has or had. */
  keys(): unknown[] {
    return [...this.#timelines.keys()];
  }

  /** Moves a place from the old entity's keys to the new one's. */
  move(place: Place, before: T | undefined, after: T | undefined): void {
    const old = before ? this.keysOf(before) : [];
    const fresh = after ? this.keysOf(after) : [];
    for (const key of old) if (!fresh.includes(key)) this.#timelines.get(key)?.remove(place);
    for (const key of new Set(fresh)) if (!old.includes(key)) this.#timelineOf(key).add(place);
  }

  /** The timelines of the given keys. */
  find(keys: readonly unknown[]): Timeline[] {
    return [...new Set(keys)].flatMap((key) => this.#timelines.get(key) ?? []);
  }

  #timelineOf(key: unknown): Timeline {
    const timeline = this.#timelines.get(key) ?? new Timeline();
    this.#timelines.set(key, timeline);
    return timeline;
  }
}
