import type { CollectionName } from './names.js';
import { ALWAYS, mergedNewestFirst, mergedOldestFirst, Timeline, type Place, type Span } from './timeline.js';

/** Anything the store keeps. Kept entities are frozen: change them by `update`, never in place. */
export interface Entity {
  readonly id: string;
  readonly created?: number;
}

/** One write: `before` is absent for an insert, `after` for a removal. */
export interface Change {
  readonly collection: CollectionName;
  readonly id: string;
  readonly before: Entity | undefined;
  readonly after: Entity | undefined;
}

/** A test of each field. */
export type Passing<T> = { readonly [Field in keyof T]?: (value: T[Field]) => boolean };

export interface Walk<T> {
  /** Only entities whose fields equal these; an indexed field makes it fast. */
  where?: Partial<T>;
  /** Only entities whose fields pass these; an indexed field that has few different values makes it fast. */
  passing?: Passing<T>;
  /** Begin just past this entity. */
  from?: string;
  /** Only entities created then. */
  created?: Span;
}

/** The entities of one noun, by id and in time order. */
export class Collection<T extends Entity> {
  readonly name: CollectionName;
  readonly #entities = new Map<string, T>();
  readonly #places = new Map<string, Place>();
  readonly #timeline = new Timeline();
  readonly #indexes = new Map<keyof T, Map<unknown, Timeline>>();
  readonly #onChange: (change: Change) => void;
  #sequence = 0;

  constructor(name: CollectionName, onChange: (change: Change) => void, indexed: readonly (keyof T)[] = []) {
    this.name = name;
    this.#onChange = onChange;
    for (const field of indexed) this.#indexes.set(field, new Map());
  }

  get size(): number {
    return this.#entities.size;
  }

  get(id: string): T | undefined {
    return this.#entities.get(id);
  }

  insert(entity: T): T {
    if (this.#entities.has(entity.id)) throw new Error(`${this.name} already holds ${entity.id}`);
    return this.#write(entity.id, entity)!;
  }

  /** Replaces the given fields; the entity must exist. */
  update(id: string, changes: Partial<T>): T {
    const before = this.#entities.get(id);
    if (!before) throw new Error(`${this.name} does not hold ${id}`);
    return this.#write(id, { ...before, ...changes })!;
  }

  remove(id: string): void {
    if (this.#entities.has(id)) this.#write(id, undefined);
  }

  /** Newest first, the order of Stripe's lists. */
  newestFirst(walk: Walk<T> = {}): Generator<T> {
    const { created = ALWAYS } = walk;
    return this.#matching(walk, mergedNewestFirst(this.#timelinesFor(walk), created, this.#start(walk)));
  }

  oldestFirst(walk: Walk<T> = {}): Generator<T> {
    const { created = ALWAYS } = walk;
    return this.#matching(walk, mergedOldestFirst(this.#timelinesFor(walk), created, this.#start(walk)));
  }

  /** Puts an entity back as it was, or takes it away, telling nobody: for restart and rollback. */
  restore(id: string, entity: T | undefined): void {
    const before = this.#entities.get(id);
    if (before) this.#unindex(before, entity === undefined);
    if (entity === undefined) this.#entities.delete(id);
    else this.#index(Object.freeze(entity));
  }

  #write(id: string, after: T | undefined): T | undefined {
    const before = this.#entities.get(id);
    this.restore(id, after);
    this.#onChange({ collection: this.name, id, before, after });
    return after;
  }

  #index(entity: T): void {
    this.#entities.set(entity.id, entity);
    let place = this.#places.get(entity.id);
    if (!place) {
      place = { id: entity.id, created: entity.created ?? 0, sequence: this.#sequence++ };
      this.#places.set(entity.id, place);
      this.#timeline.add(place);
    }
    for (const [field, byValue] of this.#indexes) {
      const timeline = byValue.get(entity[field]) ?? new Timeline();
      byValue.set(entity[field], timeline);
      timeline.add(place);
    }
  }

  #unindex(entity: T, forGood: boolean): void {
    const place = this.#places.get(entity.id)!;
    for (const [field, byValue] of this.#indexes) byValue.get(entity[field])?.remove(place);
    if (!forGood) return;
    this.#timeline.remove(place);
    this.#places.delete(entity.id);
  }

  *#matching(walk: Walk<T>, places: Iterable<Place>): Generator<T> {
    for (const { id } of places) {
      const entity = this.#entities.get(id)!;
      if (matches(entity, walk)) yield entity;
    }
  }

  #start({ from }: Walk<T>): Place | undefined {
    return from === undefined ? undefined : this.#places.get(from);
  }

  /** Of the timelines that hold all that is wanted, those with the fewest others. */
  #timelinesFor({ where = {}, passing = {} }: Walk<T>): readonly Timeline[] {
    let fewest: readonly Timeline[] = [this.#timeline];
    for (const [field, byValue] of this.#indexes) {
      const found = timelinesIn(byValue, where[field], passing[field]);
      if (found && sizeOf(found) < sizeOf(fewest)) fewest = found;
    }
    return fewest;
  }
}

/** Undefined for an index that the walk does not ask for. */
function timelinesIn<T, Field extends keyof T>(
  byValue: ReadonlyMap<unknown, Timeline>,
  wanted: T[Field] | undefined,
  passes: Passing<T>[Field],
): Timeline[] | undefined {
  const exact = byValue.get(wanted);
  if (wanted !== undefined) return exact ? [exact] : [];
  if (!passes) return undefined;
  return [...byValue].flatMap(([value, timeline]) => (passes(value as T[Field]) ? [timeline] : []));
}

const sizeOf = (timelines: readonly Timeline[]): number => timelines.reduce((sum, { size }) => sum + size, 0);

function matches<T>(entity: T, { where, passing }: Walk<T>): boolean {
  for (const field in where) {
    if (where[field] !== undefined && entity[field] !== where[field]) return false;
  }
  for (const field in passing) {
    if (passing[field]?.(entity[field]) === false) return false;
  }
  return true;
}
