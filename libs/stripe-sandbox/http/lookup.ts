import type { Collection, Entity } from '../store/collection.js';
import { objectOf } from '../store/collection-names.js';
import type { Store } from '../store/store.js';
import { failures } from './errors.js';
import { resources } from './resources.js';

/**
 * The entity with the id in the path.
 * @throws StripeFailure 404 resource_missing
 */
export function fromPath<T extends Entity>(collection: Collection<T>, id: string): T {
  return collection.get(id) ?? notFound(collection, id);
}

/**
 * The entity with the id in a parameter; `param` is the parameter's bracketed name.
 * @throws StripeFailure 400 resource_missing
 */
export function fromParam<T extends Entity>(collection: Collection<T>, id: string, param: string): T {
  const entity = collection.get(id);
  if (!entity) throw failures.noSuch(resourceOf(collection).called, id, param, 400);
  return entity;
}

/**
 * The entity with the id in the path, or its tombstone if it was deleted.
 * @throws StripeFailure 404 resource_missing
 */
export function fromPathOrDeleted<T extends Entity>(store: Store, collection: Collection<T>, id: string) {
  const tombstone = store.tombstones.get(id);
  const isOne = tombstone?.object === objectOf[collection.name];
  return tombstone && isOne ? tombstone : fromPath(collection, id);
}

/**
 * Checks an id that a list is filtered by; it may be a deleted entity's.
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

/** @throws StripeFailure 404 resource_missing, for the id in the path */
export function notFound<T extends Entity>(collection: Collection<T>, id: string): never {
  const { called, pathParam } = resourceOf(collection);
  throw failures.noSuch(called, id, pathParam, 404);
}

function resourceOf<T extends Entity>(collection: Collection<T>) {
  return resources[objectOf[collection.name]!]!;
}
