import { failures } from '../errors.js';
import type { Clause, Query } from './query.js';

/** Numbers can be compared, strings searched for a part. Source: https://docs.stripe.com/search#field-types. */
export type FieldType = 'numeric' | 'string' | 'token';

/** The searchable fields of a resource by their dotted path. `*` stands for one step. */
export type SearchFields = Readonly<Record<string, FieldType>>;

const MIN_SUBSTRING = 3;

/**
 * Checks a query's fields and operators.
 * @throws StripeFailure 400 for a field that can't be searched, or not in this way
 */
export function requireSearchable({ clauses }: Query, resource: string, fields: SearchFields): void {
  for (const { field, metadataKey, operator, value } of clauses) {
    const type = metadataKey === undefined ? typeOf(fields, field) : 'string';
    if (type === undefined) {
      throw refused(
        `Field \`${field}\` is an unsupported search field for resource \`${resource}\`. See http://stripe.com/docs/search#query-fields-for-${resource.replaceAll('_', '-')} for a list of supported fields.`,
      );
    }
    const isComparison = operator !== ':' && operator !== '~';
    if (operator === '~' && type !== 'string') throw unsupported(operator, field);
    if (isComparison && type !== 'numeric') throw unsupported(operator, field);
    if (value === null && operator !== ':') throw unsupported(operator, field);
    if (operator === '~' && value!.length < MIN_SUBSTRING) {
      throw refused(`A substring must have at least ${MIN_SUBSTRING} characters.`);
    }
    if (type === 'numeric' && value !== null && !/^-?\d+$/.test(value)) {
      throw refused(`The value of \`${field}\` must be a number.`);
    }
  }
}

const refused = (message: string) => failures.invalidRequest(message, { param: 'query' });

const unsupported = (operator: string, field: string) =>
  refused(`The operator \`${operator}\` is not supported for the field \`${field}\`.`);

function typeOf(fields: SearchFields, field: string): FieldType | undefined {
  if (Object.hasOwn(fields, field)) return fields[field];
  const pattern = Object.keys(fields).find((each) => {
    const steps = field.split('.');
    const expected = each.split('.');
    return steps.length === expected.length && expected.every((step, i) => step === '*' || step === steps[i]);
  });
  return pattern === undefined ? undefined : fields[pattern];
}

/** Whether a resource matches a query. */
export function isMatch({ clauses, matchesAny }: Query, resource: object): boolean {
  const matches = (clause: Clause): boolean => hasValue(clause, resource) !== clause.isNegated;
  return matchesAny ? clauses.some(matches) : clauses.every(matches);
}

type Scalar = string | number | boolean | null | undefined;

/** Exact and substring matches ignore case: https://docs.stripe.com/search#query-operators. */
function hasValue({ field, metadataKey, operator, value }: Clause, resource: object): boolean {
  const found = valueAt(resource, metadataKey === undefined ? field.split('.') : ['metadata', metadataKey]);
  if (value === null || found === null || found === undefined) {
    return value === null && operator === ':' && (found ?? null) === null;
  }
  const [actual, wanted] = [String(found).toLowerCase(), value.toLowerCase()];
  switch (operator) {
    case ':':
      return actual === wanted;
    case '~':
      return actual.includes(wanted);
    case '>':
      return Number(actual) > Number(wanted);
    case '<':
      return Number(actual) < Number(wanted);
    case '>=':
      return Number(actual) >= Number(wanted);
    case '<=':
      return Number(actual) <= Number(wanted);
  }
}

function valueAt(resource: object, steps: readonly string[]): Scalar {
  let value: unknown = resource;
  for (const step of steps) {
    const isOwn = typeof value === 'object' && value !== null && Object.hasOwn(value, step);
    value = isOwn ? (value as Record<string, unknown>)[step] : undefined;
  }
  return typeof value === 'object' ? undefined : (value as Scalar);
}
