import { EntityIndex, type KeysOf } from './entity-index.js';
import type { CollectionName } from './collection-names.js';
import { ALWAYS, mergedNewestFirst, mergedOldestFirst, Timeline, type Place, type Span } from './timeline.js';

/** Anything in the store. Stored entities are frozen: change them by `update`. */
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
  /** Where `before` was in time order; absent for an insert. */
  readonly place: Place | undefined;
}

/** Computed indexes: each function returns the keys by which an entity is found. */
export type Finders<T, Found> = { readonly [Name in keyof Found]: (entity: T) => readonly Found[Name][] };

/** Which entities to visit, and from where on. */
export interface Walk<T> {
  /** Only entities whose fields equal these; an indexed field makes it fast. */
  where?: Partial<T>;
  /** Only entities whose fields are one of these; an indexed field makes it fast. */
  among?: { readonly [Field in Extract<keyof T, string>]?: readonly T[Field][] | undefined };
  /** Start after the entity with this id. */
  from?: string;
  /** Only entities created within these seconds. */
  created?: Span;
}

/** The current state of an entity, and its place, which never changes. */
interface Kept<T> extends Place {
  entity: T;
}

/** The entities of one noun, by id and in time order. `Found` has a field for each computed index. */
export class Collection<T extends Entity, Found extends object = object> {
  readonly name: CollectionName;
  readonly #kept = new Map<string, Kept<T>>();
  readonly #timeline = new Timeline();
  readonly #indexes = new Map<PropertyKey, EntityIndex<T>>();
  readonly #onChange: (change: Change) => void;
  #sequence = 0;

  constructor(
    name: CollectionName,
    onChange: (change: Change) => void,
    indexed: readonly (keyof T)[] = [],
    finders?: Finders<T, Found>,
  ) {
    this.name = name;
    this.#onChange = onChange;
    for (const field of indexed) this.#indexes.set(field, new EntityIndex((entity) => [entity[field]]));
    for (const [found, keysOf] of Object.entries<KeysOf<T>>(finders ?? {})) {
      this.#indexes.set(found, new EntityIndex(keysOf));
    }
  }

  get size(): number {
    return this.#kept.size;
  }

  get(id: string): T | undefined {
    return this.#kept.get(id)?.entity;
  }

  insert(entity: T): T {
    if (this.#kept.has(entity.id)) throw new Error(`${this.name} already holds ${entity.id}`);
    return this.#write(entity.id, entity)!;
  }

  /** Replaces the given fields; the entity must exist. */
  update(id: string, changes: Partial<T>): T {
    const before = this.get(id);
    if (!before) throw new Error(`${this.name} does not hold ${id}`);
    return this.#write(id, { ...before, ...changes })!;
  }

  remove(id: string): void {
    if (this.#kept.has(id)) this.#write(id, undefined);
  }

  /** All values that an indexed field has or had. */
  valuesOf<Field extends keyof T>(field: Field): T[Field][] {
    return (this.#indexes.get(field)?.keys() ?? []) as T[Field][];
  }

  /** Newest first, the order of Stripe's lists. */
  newestFirst(walk: Walk<T & Found> = {}): Generator<T> {
    const { created = ALWAYS } = walk;
    return this.#matching(walk, mergedNewestFirst(this.#timelinesFor(walk), created, this.#start(walk)));
  }

  oldestFirst(walk: Walk<T & Found> = {}): Generator<T> {
    const { created = ALWAYS } = walk;
    return this.#matching(walk, mergedOldestFirst(this.#timelinesFor(walk), created, this.#start(walk)));
  }

  /**
   * Writes or removes an entity without recording a change: for restarts and rollbacks. It is not frozen, which would be
   * a tenth of what a start takes.
   * @param place where an entity that was removed goes back to; by default it is the last of its second
   */
  restore(id: string, entity: T | undefined, place?: Place): void {
    const known = this.#kept.get(id);
    const kept = known ?? (entity && this.#keep(entity, place?.sequence));
    if (!kept) return;
    for (const index of this.#indexes.values()) index.move(kept, known?.entity, entity);
    if (entity) kept.entity = entity;
    else this.#forget(kept);
  }

  #write(id: string, after: T | undefined): T | undefined {
    const place = this.#kept.get(id);
    const before = place?.entity;
    this.restore(id, after && Object.freeze(after));
    this.#onChange({ collection: this.name, id, before, after, place });
    return after;
  }

  #keep(entity: T, sequence = this.#sequence++): Kept<T> {
    const { id, created = 0 } = entity;
    const kept = { id, created, sequence, entity };
    this.#kept.set(id, kept);
    this.#timeline.add(kept);
    return kept;
  }

  #forget(kept: Kept<T>): void {
    this.#timeline.remove(kept);
    this.#kept.delete(kept.id);
  }

  *#matching(walk: Walk<T & Found>, places: Iterable<Place>): Generator<T> {
    const criteria = criteriaOf(walk);
    for (const { id } of places) {
      const { entity } = this.#kept.get(id)!;
      if (criteria.every(([field, values]) => this.#has(entity, field, values))) yield entity;
    }
  }

  #has(entity: T, field: string, values: readonly unknown[]): boolean {
    const index = this.#indexes.get(field);
    if (!index) return values.includes(entity[field as keyof T]);
    return index.keysOf(entity).some((key) => values.includes(key));
  }

  #start({ from }: Walk<T & Found>): Place | undefined {
    return from === undefined ? undefined : this.#kept.get(from);
  }

  /** Of the sets of timelines that contain every match, the smallest. */
  #timelinesFor(walk: Walk<T & Found>): readonly Timeline[] {
    let fewest: readonly Timeline[] = [this.#timeline];
    for (const [field, values] of criteriaOf(walk)) {
      const found = field === 'id' ? [this.#timelineOf(values)] : this.#indexes.get(field)?.find(values);
      if (found && sizeOf(found) < sizeOf(fewest)) fewest = found;
    }
    return fewest;
  }

  #timelineOf(ids: readonly unknown[]): Timeline {
    const timeline = new Timeline();
    for (const id of new Set(ids)) {
      const place = this.#kept.get(id as string);
      if (place) timeline.add(place);
    }
    return timeline;
  }
}

type Criterion = [field: string, values: readonly unknown[]];

/** `where` and `among` in one form. */
function criteriaOf<T>({ where = {}, among = {} }: Walk<T>): Criterion[] {
  const criteria: Criterion[] = [];
  for (const [field, value] of Object.entries(where))
    if (value !== undefined) criteria.push([field, [value]]);
  for (const [field, values] of Object.entries<readonly unknown[] | undefined>(among)) {
    if (values !== undefined) criteria.push([field, values]);
  }
  return criteria;
}

const sizeOf = (timelines: readonly Timeline[]): number => timelines.reduce((sum, { size }) => sum + size, 0);

/** The first entities of a walk; the others are not visited. */
export function take<T>(count: number, walk: Iterable<T>): T[] {
  const taken: T[] = [];
  for (const entity of walk) if (taken.push(entity) === count) break;
  return taken;
}
