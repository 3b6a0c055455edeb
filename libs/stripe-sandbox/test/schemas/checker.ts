import { omit } from '../../omit.js';
import type { Field, Schema, Schemas } from './schema.js';

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Fields that Stripe still sends, but stripe-node's types do not have. */
const UNTYPED: Record<string, string[]> = { subscription: ['plan', 'quantity'] };

/** Finds where a response differs from stripe-node's types. */
export class Checker {
  readonly #schemas: Schemas;

  constructor(schemas: Schemas) {
    this.#schemas = schemas;
  }

  /** The problems of a response's body: a resource, a list of resources, or an error with resources. */
  problemsOf(body: unknown): string[] {
    if (!isObject(body)) return ['is not an object'];
    if (isObject(body['error'])) {
      const held = Object.entries(body['error']).filter(([, value]) => isObject(value));
      return held.flatMap(([name, value]) => this.#resource(value as Json, `error.${name}`));
    }
    return this.#resource(body, String(body['object']));
  }

  /** Checks a resource by its `object`. */
  #resource(value: Json, path: string): string[] {
    if (value['object'] === 'list') return this.#list(value, path);
    if (value['object'] === 'search_result') {
      return this.#list(omit(value, 'next_page', 'total_count'), path);
    }
    const untyped = UNTYPED[String(value['object'])];
    if (untyped) return this.#typed(omit(value, ...untyped), path);
    return this.#typed(value, path);
  }

  #typed(value: Json, path: string): string[] {
    const types = this.#schemas.roots[String(value['object'])] ?? [];
    if (types.length === 0) return [`${path}: no resource is called ${String(value['object'])}`];
    return fewest(types.map((type) => this.#fields(value, type, path)));
  }

  #list(value: Json, path: string): string[] {
    const { object: _, data, has_more, url, ...others } = value;
    const isWhole = Array.isArray(data) && typeof has_more === 'boolean' && typeof url === 'string';
    if (!isWhole || Object.keys(others).length > 0) return [`${path}: is not a list`];
    return data.flatMap((item, index) => this.#resource(item as Json, `${path}.data[${index}]`));
  }

  #fields(value: Json, type: string, path: string): string[] {
    const fields = this.#schemas.types[type]!;
    const unknown = Object.keys(value).filter((name) => !Object.hasOwn(fields, name));
    return [
      ...unknown.map((name) => `${path}.${name}: is not in the types`),
      ...Object.entries(fields).flatMap(([name, field]) =>
        this.#field(value[name], field, `${path}.${name}`),
      ),
    ];
  }

  #field(value: unknown, { isOptional, schema }: Field, path: string): string[] {
    if (value !== undefined) return this.#value(value, schema, path);
    return isOptional ? [] : [`${path}: is missing`];
  }

  #value(value: unknown, schema: Schema, path: string): string[] {
    const wrong = (expected: string): string[] => [`${path}: ${JSON.stringify(value)} is not ${expected}`];
    switch (schema.kind) {
      case 'anything':
        return isObject(value) && typeof value['object'] === 'string' ? this.#resource(value, path) : [];
      case 'never':
        return wrong('allowed');
      case 'null':
        return value === null ? [] : wrong('null');
      case 'decimal':
        return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? [] : wrong('a decimal');
      case 'string':
      case 'number':
      case 'boolean':
        return typeof value === schema.kind ? [] : wrong(`a ${schema.kind}`);
      case 'literal':
        return value === schema.value ? [] : wrong(JSON.stringify(schema.value));
      case 'array':
        if (!Array.isArray(value)) return wrong('an array');
        return value.flatMap((item, index) => this.#value(item, schema.items, `${path}[${index}]`));
      case 'map':
        if (!isObject(value)) return wrong('a hash');
        return Object.entries(value).flatMap(([key, each]) =>
          this.#value(each, schema.values, `${path}.${key}`),
        );
      case 'object':
        return isObject(value) ? this.#fields(value, schema.type, path) : wrong('an object');
      case 'union':
        return this.#union(value, schema.of, path);
    }
  }

  #union(value: unknown, schemas: Schema[], path: string): string[] {
    const problems = schemas.map((schema) => this.#value(value, schema, path));
    if (problems.some((each) => each.length === 0)) return [];
    // For an object, the problems inside it are reported; for anything else, that no type matches.
    const inside = schemas.flatMap(({ kind }, index) =>
      kind === 'object' || kind === 'array' || kind === 'map' ? [problems[index]!] : [],
    );
    if (typeof value === 'object' && value !== null && inside.length > 0) return fewest(inside);
    return [`${path}: ${JSON.stringify(value)} does not match ${schemas.map(nameOfSchema).join(', ')}`];
  }
}

const fewest = (problems: string[][]): string[] => problems.reduce((a, b) => (b.length < a.length ? b : a));

const nameOfSchema = (schema: Schema): string =>
  schema.kind === 'literal' ? JSON.stringify(schema.value) : schema.kind;
