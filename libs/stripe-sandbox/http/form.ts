import qs from 'qs';

/** A value of a decoded form; `a[b]`, `a[0]` and `a[]` are nested. */
export type FormValue = string | FormValue[] | { [key: string]: FormValue };
export type Form = Record<string, FormValue>;

/** Prototypes are allowed because metadata may have keys such as `constructor`. */
const OPTIONS: qs.IParseOptions = {
  depth: 12,
  arrayLimit: 1000,
  parameterLimit: 10_000,
  allowPrototypes: true,
};

/** Decodes a query string or a form body. */
export function decodeForm(text: string): Form {
  return qs.parse(text, OPTIONS) as Form;
}
