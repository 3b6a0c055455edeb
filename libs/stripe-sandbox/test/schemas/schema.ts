/** The type of a value. */
export type Schema =
  | { kind: 'string' | 'number' | 'boolean' | 'null' | 'decimal' | 'never' | 'anything' }
  | { kind: 'literal'; value: string | number | boolean }
  | { kind: 'array'; items: Schema }
  | { kind: 'map'; values: Schema }
  | { kind: 'object'; type: string }
  | { kind: 'union'; of: Schema[] };

export interface Field {
  isOptional: boolean;
  schema: Schema;
}

/** The fields of an object by name. */
export type Fields = Record<string, Field>;

/** The types of resources. */
export interface Schemas {
  /** The types that an `object` may have: a live one, a deleted one. */
  roots: Record<string, string[]>;
  types: Record<string, Fields>;
}
