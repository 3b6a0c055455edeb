import type { CollectionName } from './collection-names.js';

type Fields = Record<string, unknown>;

/** What an object has other than its template: whole values, and the differences of objects. */
export type Difference = [whole: Fields, parts?: Record<string, Difference>];

/** More than the forms that the entities of one collection have. */
const MAX_TEMPLATES = 16;

/**
 * Entities that others of their collection are written as differences from. Most of their fields are the same, so the
 * journal is a fraction of its size, and after a restart they share the values.
 */
export class Templates {
  readonly #byCollection = new Map<CollectionName, object[]>();

  /** The difference of an entity from a template with the same fields, if there is one. */
  find(collection: CollectionName, entity: object): { number: number; difference: Difference } | undefined {
    const templates = this.#byCollection.get(collection) ?? [];
    for (const [number, template] of templates.entries()) {
      const difference = differenceFrom(template as Fields, entity as Fields);
      if (difference) return { number, difference };
    }
    return undefined;
  }

  /** Whether an entity may become a template. */
  accepts(collection: CollectionName, entity: object): boolean {
    const count = this.#byCollection.get(collection)?.length ?? 0;
    return count < MAX_TEMPLATES && isComplete(entity);
  }

  add(collection: CollectionName, entity: object): void {
    const templates = this.#byCollection.get(collection);
    // Copies of a frozen object take V8 much longer.
    const copy = { ...entity };
    if (templates) templates.push(copy);
    else this.#byCollection.set(collection, [copy]);
  }

  /** Forgets the templates that were added last, in the order in which they were added. */
  removeLast(collections: readonly CollectionName[]): void {
    for (const collection of collections) this.#byCollection.get(collection)!.pop();
  }

  /** @throws Error for a template that has not been added */
  apply(collection: CollectionName, number: number, difference: Difference): object {
    const template = this.#byCollection.get(collection)?.[number];
    if (!template) throw new Error(`${collection} have no template ${number}`);
    return applied(template as Fields, difference);
  }
}

/** Returns undefined unless both have the same fields in the same order. JSON has no undefined, so that differs too. */
function differenceFrom(template: Fields, value: Fields): Difference | undefined {
  const names = Object.keys(value);
  const known = Object.keys(template);
  if (names.length !== known.length) return undefined;
  const whole: [string, unknown][] = [];
  const parts: [string, Difference][] = [];
  for (const [index, name] of names.entries()) {
    if (known[index] !== name) return undefined;
    const [before, after] = [template[name], value[name]];
    if (before === undefined || after === undefined) return undefined;
    if (before === after || areEmpty(before, after)) continue;
    const part = isFields(before) && isFields(after) ? differenceFrom(before, after) : undefined;
    if (!part) whole.push([name, after]);
    else if (part[1] || Object.keys(part[0]).length > 0) parts.push([name, part]);
  }
  // `fromEntries` also copies a metadata key such as __proto__.
  const fields = Object.fromEntries(whole);
  return parts.length > 0 ? [fields, Object.fromEntries(parts)] : [fields];
}

function applied(template: Fields, [whole, parts]: Difference): Fields {
  const value = { ...template, ...whole };
  for (const name in parts) value[name] = applied(template[name] as Fields, parts[name]!);
  return value;
}

const areEmpty = (before: unknown, after: unknown): boolean =>
  Array.isArray(before) && Array.isArray(after) && before.length === 0 && after.length === 0;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether JSON keeps all fields of a value. */
function isComplete(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value !== undefined;
  return Object.values(value).every(isComplete);
}
