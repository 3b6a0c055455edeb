import type { Change, Entity } from './collection.js';
import { collectionOf, type CollectionName } from './collection-names.js';
import type { Store } from './store.js';
import type { Difference, Templates } from './templates.js';

type Shown = Entity & { readonly object: string };

/** How the entities of a collection contain an object of another one. */
interface Showing {
  shownBy: (entity: Entity) => Shown | null;
  withShown: (entity: Entity, shown: Entity | null) => Entity;
}

interface Event extends Entity {
  readonly data: { readonly object: Shown | null };
}

interface Reply extends Entity {
  readonly resource?: Shown | null;
}

const SHOWING: { readonly [Name in CollectionName]?: Showing } = {
  events: {
    shownBy: (event) => (event as Event).data.object,
    withShown: (event, object) => ({ ...event, data: { ...(event as Event).data, object } }) as Entity,
  },
  keptReplies: {
    shownBy: (reply) => (reply as Reply).resource ?? null,
    withShown: (reply, resource) => ({ ...reply, resource }) as Entity,
  },
};

/** The collections whose entities contain objects of others: a reader must have those first. */
export const SHOWING_COLLECTIONS: ReadonlySet<string> = new Set(Object.keys(SHOWING));

type Reference = [collection: CollectionName, id: string];

/**
 * A whole entity, or its removal if that is null. An event and a kept reply refer to the object that they show if that
 * was written before: copies would be most of the journal, and of the memory after a restart.
 */
type WholeWrite = [collection: CollectionName, id: string, entity: Entity | null, shown?: Reference];

/** A whole entity that later ones of its collection are written as differences from. */
type TemplateWrite = [
  collection: CollectionName,
  id: string,
  entity: Entity,
  kind: 'template',
  shown?: Reference,
];

/** Only what an entity has other than the template with this number. */
type LikeWrite = [
  collection: CollectionName,
  id: string,
  difference: Difference,
  kind: 'like',
  template: number,
  shown?: Reference,
];

/** Only the fields that an update of an entity changed. */
type UpdateWrite = [collection: CollectionName, id: string, changed: object, 'update'];

type Write = WholeWrite | TemplateWrite | LikeWrite | UpdateWrite;

/** One unit of work. */
export type Line = Write[];

/** The line of a unit of work. Its new templates are added; a line that is not written must remove them again. */
export function lineOf(changes: readonly Change[], templates: Templates): Line {
  const written = new Map<string, Entity | undefined>();
  return changes.map((change) => {
    const write =
      updateOf(change) ?? writeOf(change, (collection, id) => written.get(`${collection}/${id}`), templates);
    written.set(`${change.collection}/${change.id}`, change.after);
    return write;
  });
}

/** Returns undefined for what must be written whole: an insert, a removal, or an update that drops a field. */
function updateOf({ collection, id, before, after }: Change): UpdateWrite | undefined {
  if (!before || !after || Object.keys(before).some((field) => !Object.hasOwn(after, field)))
    return undefined;
  const old = new Map<string, unknown>(Object.entries(before));
  const changed = Object.entries(after).filter(
    ([field, value]) => value !== old.get(field) || !old.has(field),
  );
  // JSON has no undefined: the old value would stay.
  if (changed.some(([, value]) => value === undefined)) return undefined;
  return [collection, id, Object.fromEntries(changed), 'update'];
}

/** The collections whose templates a line adds. */
export const templatesIn = (line: Line): CollectionName[] =>
  line.filter(([, , , kind]) => kind === 'template').map(([collection]) => collection);

/** @param current the entity as a reader of the journal has it at this point */
export function writeOf(
  { collection, id, after }: Pick<Change, 'collection' | 'id' | 'after'>,
  current: (...reference: Reference) => Entity | undefined,
  templates: Templates,
): Write {
  if (!after) return [collection, id, null];
  const showing = SHOWING[collection];
  const shown = showing?.shownBy(after);
  const source = shown ? collectionOf(shown.object) : undefined;
  const refers = shown && source && current(source, shown.id) === shown;
  const entity = refers ? showing!.withShown(after, null) : after;
  const reference: [] | [Reference] = refers ? [[source, shown.id]] : [];
  const like = templates.find(collection, entity);
  if (like) return [collection, id, like.difference, 'like', like.number, ...reference];
  if (!templates.accepts(collection, entity)) return [collection, id, entity, ...reference];
  templates.add(collection, entity);
  return [collection, id, entity, 'template', ...reference];
}

/**
 * Restores the writes of a line.
 * @throws UnknownCollectionError for a collection that this version does not have
 * @throws Error for an entity that shows an object, or an update of an entity, that has not been restored before it
 */
export function restoreLine(store: Store, line: Line, templates: Templates): void {
  for (const write of line) store.collection(write[0]).restore(write[1], entityOf(store, write, templates));
}

function entityOf(store: Store, write: Write, templates: Templates): Entity | undefined {
  if (write[3] === 'update') return updated(store, write);
  if (write[3] === 'template') {
    const [collection, id, entity, , shown] = write;
    templates.add(collection, entity);
    return entityOf(store, [collection, id, entity, shown], templates);
  }
  if (write[3] === 'like') {
    const [collection, id, difference, , template, shown] = write;
    const entity = templates.apply(collection, template, difference) as Entity;
    return entityOf(store, [collection, id, entity, shown], templates);
  }
  const [collection, id, entity, shown] = write;
  if (shown) return SHOWING[collection]!.withShown(entity!, objectOf(store, shown, id));
  return entity ?? undefined;
}

function updated(store: Store, [collection, id, changed]: UpdateWrite): Entity {
  const before = store.collection(collection).get(id);
  if (!before) throw new Error(`${id} is updated, which is not there`);
  return { ...before, ...changed };
}

function objectOf(store: Store, [collection, id]: Reference, showing: string): Entity {
  const object = store.collection(collection).get(id);
  if (!object) throw new Error(`${showing} shows ${id}, which is not there`);
  return object;
}
