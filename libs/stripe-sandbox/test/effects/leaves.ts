import type { Form, FormValue } from '../../http/form.js';
import { StripeFailure } from '../../http/errors.js';
import type { Param, Schema } from '../../http/params.js';
import { LATEST_VERSION } from '../../http/versions.js';

/** A parameter that holds a value, with the path to it; `0` is an item of an array or of a hash. */
export interface Leaf {
  path: string[];
  param: Param<unknown, boolean>;
}

/** Every leaf of a schema. */
export function leavesOf(schema: Schema, path: string[] = []): Leaf[] {
  return Object.entries(schema).flatMap(([key, param]) => leavesIn(param, [...path, key]));
}

function leavesIn(param: Param<unknown, boolean>, path: string[]): Leaf[] {
  if (param.fields && Object.keys(param.fields).length > 0) return leavesOf(param.fields, path);
  return param.items ? leavesIn(param.items, [...path, '0']) : [{ path, param }];
}

/** The name of a leaf, such as `items[0][price]`. */
export const nameOf = ([first, ...rest]: string[]): string => first! + rest.map((key) => `[${key}]`).join('');

/** The value at a path; undefined if there is none. */
export function valueAt(form: FormValue | undefined, path: string[]): FormValue | undefined {
  return path.reduce<FormValue | undefined>(
    (value, key) => (typeof value === 'object' ? (value as Form)[key] : undefined),
    form,
  );
}

/** Of these only one may be given. */
const EXCLUSIVE = [
  ['price', 'plan', 'price_data', 'pricing', 'amount', 'unit_amount', 'unit_amount_decimal'],
  ['product', 'product_data'],
  ['quantity', 'quantity_decimal'],
  ['duration', 'iterations', 'end_date'],
  ['coupon', 'promotion_code', 'discount'],
  ['text', 'numeric', 'dropdown'],
];

/** A copy of a form with another value at a path, and what the objects on the way to it require. */
export function withValue(
  form: Form,
  schema: Schema,
  [key, ...rest]: string[],
  value: FormValue | undefined,
  known: Known = {},
): Form {
  const { [key!]: before, ...others } = form;
  const after = rest.length === 0 ? value : valueInside(before, schema[key!]!, rest, value, known);
  if (after === undefined) return others;
  const excluded = before === undefined ? EXCLUSIVE.filter((names) => names.includes(key!)).flat() : [];
  const kept = Object.entries(others).filter(([name]) => !excluded.includes(name));
  return { ...Object.fromEntries(kept), [key!]: after };
}

function valueInside(
  before: FormValue | undefined,
  param: Param<unknown, boolean>,
  path: string[],
  value: FormValue | undefined,
  known: Known,
): FormValue {
  const own: Form = typeof before === 'object' ? Object.fromEntries(Object.entries(before)) : {};
  const fields = param.fields ?? { [path[0]!]: param.items! };
  const complete = before === undefined ? { ...requiredOf(fields, known), ...own } : own;
  return withValue(complete, fields, path, value, known);
}

/** What an object needs: its required fields, and the amount of a price. */
const requiredOf = (fields: Schema, known: Known): Form =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([key, param]) =>
      param.isRequired || (key === 'unit_amount' && 'unit_amount_decimal' in fields)
        ? [[key, minimumOf(key, param, known)]]
        : [],
    ),
  );

function minimumOf(key: string, param: Param<unknown, boolean>, known: Known): FormValue {
  if (param.fields) return requiredOf(param.fields, known);
  if (param.items) return { 0: minimumOf(key, param.items, known) };
  return valuesFor(key, param, known)[0] ?? '';
}

/** Values for parameters by their name. */
export type Known = Record<string, readonly FormValue[]>;

const SAMPLES = [
  'true',
  'false',
  '7',
  '3',
  '1',
  '25',
  '2000',
  '0.5',
  '2031',
  'usd',
  'eur',
  'Some text',
  'ABC',
  'DE',
  'ada@example.com',
  'https://shop.example/page',
  'now',
  '',
];

/** Values that a leaf may have: known ones for its name, the words that it allows, and samples that it can read. */
export function valuesFor(
  key: string,
  param: Param<unknown, boolean>,
  known: Known,
  version = LATEST_VERSION,
): FormValue[] {
  const own = [...(known[key] ?? []), ...wordsOf(param, version), ...SAMPLES, { key: 'Some text' }, {}];
  const readable = own.filter((value) => {
    try {
      param.read(value, key, { version });
      return true;
    } catch {
      return false;
    }
  });
  return [...new Set(readable)];
}

/** The words that a parameter allows, which are in the error for another one. */
function wordsOf(param: Param<unknown, boolean>, version: string): string[] {
  try {
    param.read('no such word', 'p', { version });
    return [];
  } catch (error) {
    if (!(error instanceof StripeFailure)) throw error;
    const words = /must be one of (.+)$/.exec(error.body.message)?.[1] ?? '';
    return [...words.matchAll(/[a-z0-9_.]+/gi)].map(([word]) => word).filter((word) => word !== 'or');
  }
}
