import type { Store } from '../store/store.js';
import { failures } from './errors.js';
import { collectionOf } from '../store/collection-names.js';
import { expandableFields } from './expandable-fields.js';
import { resources } from './resources.js';

const MAX_DEPTH = 4;

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/**
 * A copy of a response with the references at the given paths replaced by their objects.
 * Source: https://docs.stripe.com/api/expanding_objects (4 levels, of which a list's `data` is one).
 * @throws StripeFailure 400 for a path that can't be expanded
 */
export function expand<T>(response: T, paths: readonly string[], store: Store): T {
  let expanded: unknown = response;
  for (const path of paths) {
    const steps = path.split('.');
    if (steps.length > MAX_DEPTH) throw failures.tooDeep(path);
    expanded = new Expansion(path, store).into(expanded, steps, undefined, '');
  }
  return expanded as T;
}

const isPage = ({ object }: Json): boolean => object === 'list' || object === 'search_result';

/** Expands one path. `owner` is the nearest enclosing resource, `field` the dotted path from it. */
class Expansion {
  readonly #path: string;
  readonly #store: Store;

  constructor(path: string, store: Store) {
    this.#path = path;
    this.#store = store;
  }

  into(value: unknown, steps: readonly string[], owner: Json | undefined, field: string): unknown {
    if (steps.length === 0) return value;
    if (Array.isArray(value)) return value.map((each) => this.into(each, steps, owner, field));
    if (!isObject(value)) {
      if (value === null || value === undefined) return value;
      throw failures.notExpandable(this.#path);
    }
    if (value['deleted'] === true) return value;
    const [step, ...rest] = steps as [string, ...string[]];
    if (isPage(value)) return this.#intoList(value, step, rest, owner, field);
    const isResource = typeof value['object'] === 'string' && Object.hasOwn(resources, value['object']);
    const holder = isResource ? value : owner;
    const name = isResource || !field ? step : `${field}.${step}`;
    const child = this.#resolve(value[step], holder, name, step in value);
    return { ...value, [step]: this.into(child, rest, holder, name) };
  }

  #intoList(list: Json, step: string, rest: string[], owner: Json | undefined, field: string): unknown {
    // The search itself adds the count.
    if (list['object'] === 'search_result' && step === 'total_count') return list;
    if (step !== 'data') throw failures.notExpandable(this.#path);
    const items = list['data'] as unknown[];
    return { ...list, data: items.map((item) => this.into(item, rest, owner, field)) };
  }

  #resolve(value: unknown, holder: Json | undefined, name: string, isPresent: boolean): unknown {
    const type = holder?.['object'] as string;
    const expander = ownValue(resources[type]?.onlyExpanded, name);
    if (expander) return isObject(value) ? value : expander(holder!['id'] as string, this.#store);
    const references = ownValue(expandableFields[type], name);
    if (references) {
      const found = (each: unknown): unknown =>
        typeof each === 'string' ? this.#lookUp(references, each) : (each ?? null);
      return Array.isArray(value) ? value.map(found) : found(value);
    }
    if (!isPresent || !isObject(value)) throw failures.notExpandable(this.#path);
    return value;
  }

  /** The object with this id, or the id itself for an object that the sandbox does not have. */
  #lookUp(types: readonly string[] | 'list', id: string): unknown {
    for (const type of types) {
      const collection = collectionOf(type);
      const found = collection && this.#store.collection(collection).get(id);
      if (found) return found;
    }
    return this.#store.tombstones.get(id) ?? id;
  }
}

const ownValue = <T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined =>
  record && Object.hasOwn(record, key) ? record[key] : undefined;
