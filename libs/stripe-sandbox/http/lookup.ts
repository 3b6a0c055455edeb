import type { Collection, Entity } from '../store/collection.js';
import { objectOf } from '../store/collection-names.js';
import type { Store } from '../store/store.js';
import { failures } from './errors.js';
import { resources } from './resources.js';

/**
 * The entity a path names.
 * @throws StripeFailure 404 resource_missing
 */
export function fromPath<T extends Entity>(collection: Collection<T>, id: string): T {
  return collection.get(id) ?? notFound(collection, id);
}

/**
 * The entity a parameter names; `param` is its bracketed name.
 * @throws StripeFailure 400 resource_missing
 */
export function fromParam<T extends Entity>(collection: Collection<T>, id: string, param: string): T {
  const entity = collection.get(id);
  if (!entity) throw failures.noSuch(resourceOf(collection).called, id, param, 400);
  return entity;
}

/** The entity a path names, or what is left of it after its deletion. */
export function fromPathOrDeleted<T extends Entity>(store: Store, collection: Collection<T>, id: string) {
  const tombstone = store.tombstones.get(id);
  const isOne = tombstone?.object === objectOf[collection.name];
  return tombstone && isOne ? tombstone : fromPath(collection, id);
}

/**
 * Checks an entity that a list is filtered by; a deleted one will do.
 * @throws StripeFailure 400 resource_missing
 */
export function requireKnown<T extends Entity>(
  store: Store,
  collection: Collection<T>,
  id: string | undefined,
  param: string,
): void {
  if (id !== undefined && !store.tombstones.get(id)) fromParam(collection, id, param);
}

/** Answers as if the entity that a path names did not exist. */
export function notFound<T extends Entity>(collection: Collection<T>, id: string): never {
  const { called, pathParam } = resourceOf(collection);
  throw failures.noSuch(called, id, pathParam, 404);
}

function resourceOf<T extends Entity>(collection: Collection<T>) {
  return resources[objectOf[collection.name]!]!;
}
