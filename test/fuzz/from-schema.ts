import fc from 'fast-check';
import { resolve, type Schema } from '../support/openapi.js';
import { anyId, idsWith, type Pool, prefixesOf } from './pool.js';

/** Longer texts only cost time: the limits themselves are tested by the mutations. */
const MAX_TEXT = 300;
const MAX_ITEMS = 4;
const DATES = { min: new Date('2000-01-01'), max: new Date('2100-01-01') };
const UUIDS = ['operation', 'review', 'key', 'endpoint', 'notification'];
const LOOKAHEAD = /\(\?=[^)]*\)/g;

/** Values that a schema allows: mostly its example or ids that exist, so that most requests pass the validation. */
export function fromSchema(reference: Schema, pool: Pool, name = ''): fc.Arbitrary<unknown> {
  const schema = resolve(reference);
  if (schema.oneOf) return fc.oneof(...schema.oneOf.map((option) => fromSchema(option, pool, name)));
  switch (schema.type) {
    case 'object':
      return objects(schema, pool);
    case 'array':
      return fc.array(fromSchema(schema.items ?? {}, pool, name), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? MAX_ITEMS, MAX_ITEMS),
      });
    case 'integer':
      return integers(schema);
    case 'boolean':
      return fc.boolean();
    default:
      return texts(schema, pool, name);
  }
}

function objects({ properties = {}, required = [], additionalProperties }: Schema, pool: Pool) {
  if (additionalProperties) {
    const key = fc.stringMatching(/^[a-z]{1,12}$/);
    return fc.dictionary(key, fromSchema(additionalProperties, pool), { maxKeys: MAX_ITEMS });
  }
  const fields = Object.entries(properties).map(
    ([name, property]) => [name, fromSchema(property, pool, name)] as const,
  );
  return fc.record(Object.fromEntries(fields), { requiredKeys: required });
}

function integers({ minimum, maximum, example }: Schema): fc.Arbitrary<unknown> {
  const range = fc.integer({ min: minimum ?? 0, ...(maximum !== undefined && { max: maximum }) });
  return fc.oneof(range, fc.constant(example ?? minimum ?? 1));
}

function texts(schema: Schema, pool: Pool, name: string): fc.Arbitrary<string> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const known = knownTexts(schema, pool, name);
  const generated = { arbitrary: generatedTexts(schema), weight: 1 };
  return known ? fc.oneof({ arbitrary: known, weight: 5 }, generated) : generated.arbitrary;
}

/** Texts that pass more than the validation; undefined if any text does. */
function knownTexts(
  { example, pattern, format }: Schema,
  pool: Pool,
  name: string,
): fc.Arbitrary<string> | undefined {
  if (name === 'Idempotency-Key') return fc.uuid();
  if (name === 'tenant') return idsWith(['tenant'], pool);
  if (/user_?id$/i.test(name)) return idsWith(['user'], pool);
  if (format === 'uuid') return idsWith(UUIDS, pool);
  const ids = idsWith(prefixesOf(pattern, example), pool);
  if (ids) return fc.oneof({ arbitrary: ids, weight: 8 }, { arbitrary: anyId(pool), weight: 1 });
  return typeof example === 'string' ? fc.constant(example) : undefined;
}

function generatedTexts({
  format,
  pattern,
  minLength = 0,
  maxLength = MAX_TEXT,
}: Schema): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid();
  if (format === 'email') return fc.emailAddress();
  if (format === 'date-time')
    return fc.date({ noInvalidDate: true, ...DATES }).map((date) => date.toISOString());
  if (pattern) {
    // fast-check generates no lookaheads.
    const whole = new RegExp(pattern);
    return fc
      .stringMatching(new RegExp(pattern.replaceAll(LOOKAHEAD, '')))
      .filter((text) => whole.test(text));
  }
  return fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, MAX_TEXT) });
}
