import { failures } from './errors.js';
import type { Form, FormValue } from './form.js';
import { closest } from './suggest.js';
import { isSince } from './versions.js';

/** What reading a value depends on besides the value. */
export interface ReadOptions {
  version: string;
}

/** What is inside a parameter: the fields of an object, or the items of an array or a hash. */
interface Inside {
  readonly fields?: Schema;
  readonly items?: Param<unknown>;
}

/** How one parameter is read. `name` is its bracketed path, for errors. */
export interface Param<T, Required extends boolean = false> extends Inside {
  readonly isRequired: Required;
  read(value: FormValue, name: string, options: ReadOptions): T;
}

export type Schema = Record<string, Param<unknown, boolean>>;

type Value<P> = P extends Param<infer T, boolean> ? T : never;
type RequiredKeys<S extends Schema> = {
  [K in keyof S]: S[K] extends Param<unknown, true> ? K : never;
}[keyof S];

/** The type a schema reads to. */
export type Params<S extends Schema> = { [K in RequiredKeys<S>]: Value<S[K]> } & {
  [K in Exclude<keyof S, RequiredKeys<S>>]?: Value<S[K]>;
};

/** The length in code points, the unit of Stripe's limits as far as is known. */
export const lengthOf = (value: string): number => Array.from(value).length;

const param = <T>(read: Param<T>['read'], { fields, items }: Inside = {}): Param<T> => ({
  isRequired: false,
  read,
  ...(fields && { fields }),
  ...(items && { items }),
});

/** Makes a parameter's absence an error. */
export const required = <T>(inner: Param<T>): Param<T, true> => ({ ...inner, isRequired: true });

/** Lets an empty string unset the field: read as null. */
export const unsettable = <T>(inner: Param<T>): Param<T | null> =>
  param((value, name, options) => (value === '' ? null : inner.read(value, name, options)), inner);

export const string = ({ maxLength = 5000 }: { maxLength?: number } = {}): Param<string> =>
  param((value, name) => {
    if (value === '') throw failures.empty(name);
    if (typeof value !== 'string') throw failures.badType('string', name, value);
    if (lengthOf(value) > maxLength) throw failures.tooLong(name, maxLength, value);
    return value;
  });

/** A text that may be empty. */
export const text = (): Param<string> =>
  param((value, name, options) => (value === '' ? value : string().read(value, name, options)));

/** A URL of any scheme, such as an app's. @throws StripeFailure 400 url_invalid */
export const url = (): Param<string> =>
  param((value, name, options) => {
    const link = string().read(value, name, options);
    if (!URL.canParse(link)) throw failures.badUrl(name);
    return link;
  });

/** @throws StripeFailure 400 email_invalid, of https://docs.stripe.com/error-codes#email-invalid */
export const email = ({ maxLength = 512 }: { maxLength?: number } = {}): Param<string> =>
  param((value, name, options) => {
    const address = string({ maxLength }).read(value, name, options);
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address)) throw failures.badEmail(name, address);
    return address;
  });

export const integer = ({ min, max }: { min?: number; max?: number } = {}): Param<number> =>
  param((value, name) => {
    if (value === '') throw failures.empty(name);
    if (typeof value !== 'string') throw failures.badType('integer', name, value);
    const number = Number(value);
    if (!/^[+-]?\d+$/.test(value) || !Number.isSafeInteger(number)) throw failures.badInteger(name, value);
    if (min !== undefined && number < min) throw failures.tooSmall(name, min);
    if (max !== undefined && number > max) throw failures.tooBig(name, max);
    return number;
  });

/** Unix seconds. */
export const timestamp = (): Param<number> => integer({ min: 0 });

/** Unix seconds, or one of the words that Stripe accepts instead, such as `now`. */
export const timestampOr = <const T extends string>(...words: readonly T[]): Param<number | T> =>
  param((value, name, options) =>
    words.includes(value as T) ? (value as T) : timestamp().read(value, name, options),
  );

/** A number such as a percentage, above one limit and up to another. */
export const decimalNumber = ({ above, max }: { above: number; max: number }): Param<number> =>
  param((value, name) => {
    const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
    if (!Number.isFinite(read)) throw failures.badType('decimal', name, value);
    if (read > max) throw failures.tooBig(name, max);
    if (read <= above) throw failures.tooSmall(name, above);
    return read;
  });

/** A number from 0 to 1. */
export const fraction = (): Param<number> =>
  param((value, name) => {
    const number = typeof value === 'string' && value !== '' ? Number(value) : NaN;
    if (!(number >= 0 && number <= 1)) throw failures.badType('fraction', name, value);
    return number;
  });

/** Also `True` and `False`, which Stripe's Python client sends. */
export const boolean = (): Param<boolean> =>
  param((value, name) => {
    if (value === '') throw failures.empty(name);
    if (value === 'true' || value === 'True') return true;
    if (value === 'false' || value === 'False') return false;
    throw failures.badType('boolean', name, value);
  });

/** A decimal such as `unit_amount_decimal`, kept as its text. */
export const decimal = ({ min }: { min?: number } = {}): Param<string> =>
  param((value, name) => {
    if (value === '') throw failures.empty(name);
    if (typeof value !== 'string' || !/^-?\d+(\.\d{1,12})?$/.test(value)) {
      throw failures.badType('decimal', name, value);
    }
    if (min !== undefined && Number(value) < min) throw failures.tooSmall(name, min);
    return value;
  });

export const oneOf = <const T extends string>(...allowed: readonly T[]): Param<T> =>
  param((value, name) => {
    if (value === '') throw failures.empty(name);
    if (!allowed.includes(value as T)) throw failures.notOneOf(name, allowed);
    return value as T;
  });

/** Either text, or what `other` reads. */
export const stringOr = <T>(other: Param<T>): Param<string | T> =>
  param(
    (value, name, options) =>
      typeof value === 'string' ? string().read(value, name, options) : other.read(value, name, options),
    other,
  );

export const object = <S extends Schema>(schema: S): Param<Params<S>> =>
  param(
    (value, name, options) => {
      if (value === '') throw failures.empty(name);
      if (typeof value === 'string' || Array.isArray(value)) throw failures.badType('object', name, value);
      return readFields(schema, value, name, options);
    },
    { fields: schema },
  );

export const array = <T>(item: Param<T>): Param<T[]> =>
  param(
    (value, name, options) => {
      if (value === '') throw failures.empty(name);
      const items = typeof value === 'string' ? undefined : itemsOf(value);
      if (!items) throw failures.badType('array', name, value);
      return items.map((each, index) => item.read(each, `${name}[${index}]`, options));
    },
    { items: item },
  );

/** A free hash of text, such as `tracking[carrier]`. */
export const hash = <T>(item: Param<T>): Param<Record<string, T>> =>
  param(
    (value, name, options) => {
      if (typeof value === 'string' || Array.isArray(value)) throw failures.badType('hash', name, value);
      return Object.fromEntries(
        Object.entries(value).map(([key, each]) => [key, item.read(each, `${name}[${key}]`, options)]),
      );
    },
    { items: item },
  );

const RANGE = { gt: timestamp(), gte: timestamp(), lt: timestamp(), lte: timestamp() };

/** A list filter: `created=1700000000`, or `created[gte]=...`. */
export const range = (): Param<Range> =>
  param(
    (value, name, options) => {
      if (typeof value !== 'string') return object(RANGE).read(value, name, options);
      const exactly = timestamp().read(value, name, options);
      return { gte: exactly, lte: exactly };
    },
    { fields: RANGE },
  );

export interface Range {
  gt?: number;
  gte?: number;
  lt?: number;
  lte?: number;
}

/** A parameter that Stripe removed: refused from version `since` on, read as `inner` before. */
export const removed = <T>(
  since: string,
  { code, message }: { code: string; message: string },
  inner: Param<T>,
): Param<T> =>
  param((value, name, options) => {
    if (isSince(options.version, since)) throw failures.noLongerSupported(name, code, message);
    return inner.read(value, name, options);
  }, inner);

/** A parameter that Stripe removed without a word about it: unknown from version `since` on. */
export const onlyBefore = <T>(since: string, inner: Param<T>): Param<T> =>
  param((value, name, options) => {
    if (isSince(options.version, since)) throw failures.unknown(name);
    return inner.read(value, name, options);
  }, inner);

/** Parameters that every request accepts. */
const COMMON = { expand: array(string()) };

/**
 * Reads a whole request by its schema.
 * @throws StripeFailure 400 naming the parameter that is unknown, missing or wrong
 */
export function readParams<S extends Schema>(
  schema: S,
  form: Form,
  options: ReadOptions,
): Params<S> & { expand?: string[] } {
  return readFields({ ...COMMON, ...schema }, form, '', options) as Params<S> & { expand?: string[] };
}

function readFields<S extends Schema>(
  schema: S,
  form: Form,
  parent: string,
  options: ReadOptions,
): Params<S> {
  const nameOf = (key: string): string => (parent ? `${parent}[${key}]` : key);
  const unknown = Object.keys(form).filter((key) => !Object.hasOwn(schema, key));
  if (unknown.length === 1) {
    const suggestion = closest(unknown[0]!, Object.keys(schema));
    throw failures.unknown(nameOf(unknown[0]!), suggestion);
  }
  if (unknown.length > 1) throw failures.unknownSeveral(unknown.map(nameOf));
  const read: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(schema)) {
    const value = form[key];
    if (value !== undefined) read[key] = field.read(value, nameOf(key), options);
    else if (field.isRequired) throw failures.missing(nameOf(key));
  }
  return read as Params<S>;
}

/** The items of `a[]` or `a[0]`; qs decodes indexes above its array limit as an object. */
function itemsOf(value: FormValue[] | Record<string, FormValue>): FormValue[] | undefined {
  if (Array.isArray(value)) return value;
  const keys = Object.keys(value);
  return keys.every((key) => /^\d+$/.test(key)) ? Object.values(value) : undefined;
}
