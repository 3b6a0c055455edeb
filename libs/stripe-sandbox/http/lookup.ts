import type { Collection, Entity } from '../store/collection.js';
import { nouns, objectOf } from '../store/nouns.js';
import { failures } from './errors.js';

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
  if (!entity) throw failures.noSuch(nounOf(collection).called, id, param, 400);
  return entity;
}

/** Answers as if the entity that a path names did not exist. */
export function notFound<T extends Entity>(collection: Collection<T>, id: string): never {
  const { called, pathParam } = nounOf(collection);
  throw failures.noSuch(called, id, pathParam, 404);
}

function nounOf<T extends Entity>(collection: Collection<T>) {
  return nouns[objectOf[collection.name]!]!;
}
