import type { Change, Entity } from './collection.js';
import { collectionOf, type CollectionName } from './collection-names.js';
import type { Store } from './store.js';

/** The part of an event that this file needs. */
interface Event extends Entity {
  readonly data: { readonly object: (Entity & { readonly object: string }) | null };
}

type Reference = [collection: CollectionName, id: string];

/**
 * One write in the journal; a null entity is a removal. An event refers to the object it shows if that was written
 * before: copies would be more than half of the journal, and of the memory after a restart.
 */
type Write = [collection: CollectionName, id: string, entity: Entity | null, shown?: Reference];

/** One unit of work. */
export type Line = Write[];

export function lineOf(changes: readonly Change[]): Line {
  const written = new Map<string, Entity | undefined>();
  return changes.map((change) => {
    const write = writeOf(change, (collection, id) => written.get(`${collection}/${id}`));
    written.set(`${change.collection}/${change.id}`, change.after);
    return write;
  });
}

/** @param current the entity as a reader of the journal has it at this point */
export function writeOf(
  { collection, id, after }: Pick<Change, 'collection' | 'id' | 'after'>,
  current: (...reference: Reference) => Entity | undefined,
): Write {
  if (collection !== 'events' || !after) return [collection, id, after ?? null];
  const { object } = (after as Event).data;
  const source = object ? collectionOf(object.object) : undefined;
  if (!object || !source || current(source, object.id) !== object) return [collection, id, after];
  return [collection, id, withObject(after as Event, null), [source, object.id]];
}

/**
 * Restores the writes of a line.
 * @throws UnknownCollectionError for a collection that this version does not have
 * @throws Error for an event whose object has not been restored before it
 */
export function restoreLine(store: Store, line: Line): void {
  for (const [collection, id, entity, shown] of line) {
    const whole = shown ? withObject(entity as Event, objectOf(store, shown)) : entity;
    store.collection(collection).restore(id, whole ?? undefined);
  }
}

function objectOf(store: Store, [collection, id]: Reference): Entity {
  const object = store.collection(collection).get(id);
  if (!object) throw new Error(`an event shows ${id}, which is not there`);
  return object;
}

const withObject = (event: Event, object: Entity | null): Entity & { data: { object: Entity | null } } => ({
  ...event,
  data: { ...event.data, object },
});
