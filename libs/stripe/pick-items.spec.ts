import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itemPicker, type WantedFields } from './pick-items.js';

const WANTED = {
  id: true,
  amount: true,
  details: { card: { brand: true, last4: true } },
  url: true,
} as const;
const pick = itemPicker(WANTED);

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('a", "amount": 1', '\n      "amount": 1,\n    }', 'x\\', ',', '{', '[', '日本'),
);
const plain = fc.oneof(text, fc.double(), fc.integer(), fc.boolean(), fc.constant(null));
/** What Stripe leaves out may be any field, such as `card` where a payment was made otherwise. */
const MAY_LACK_FIELDS = { requiredKeys: [] };
const card = fc.record({ brand: plain, checks: fc.jsonValue(), last4: plain }, MAY_LACK_FIELDS);
const details = fc.oneof(
  fc.record({ amount: fc.jsonValue(), card, type: plain }, MAY_LACK_FIELDS),
  fc.constant(null),
);
/** Its fields have Stripe's order. */
const item = fc.record(
  {
    id: plain,
    object: plain,
    amount: plain,
    billing: fc.jsonValue(),
    details,
    outcome: fc.jsonValue(),
    url: plain,
    zone: fc.jsonValue(),
  },
  { requiredKeys: ['id'] },
);
const orders = fc.shuffledSubarray(Object.keys(WANTED), { minLength: Object.keys(WANTED).length });

const listOf = (data: unknown[]) => ({ object: 'list', data, has_more: true, url: '/v1/charges' });
/** Stripe's layout. */
const layOut = (list: object) => JSON.stringify(list, undefined, 2);

/** The wanted fields by JSON.parse. */
const parsedBy = (whole: string): unknown[] =>
  (JSON.parse(whole) as { data: unknown[] }).data.map((each) => wantedOf(each, WANTED));

function wantedOf(value: unknown, wanted: WantedFields): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(wanted).map(([name, inner]) => {
    const field = (value as Record<string, unknown>)[name];
    return [name, inner === true ? field : wantedOf(field, inner)];
  });
  return Object.fromEntries(fields) as unknown;
}

describe('itemPicker', () => {
  it('reads the wanted fields as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 3 }), (items) => {
        const whole = layOut(listOf(items));
        expect(pick(whole)).toEqual(listOf(parsedBy(whole)));
      }),
    );
  });

  it('reads nothing else from objects whose fields have another order', () => {
    fc.assert(
      fc.property(item, orders, (each, order) => {
        const names = [...new Set([...order, ...Object.keys(each)])].filter((name) => name in each);
        const whole = layOut(listOf([Object.fromEntries(names.map((name) => [name, each[name as 'id']]))]));
        expect([undefined, listOf(parsedBy(whole))]).toContainEqual(pick(whole));
      }),
    );
  });

  it('leaves other texts to JSON.parse', () => {
    const complete = {
      id: 'ch_1',
      amount: 1,
      details: { card: { brand: 'visa', last4: '4242' } },
      url: null,
    };
    expect(pick(layOut(listOf([complete])))).toEqual(listOf([complete]));
    const others = [
      JSON.stringify(listOf([complete])),
      layOut(complete),
      layOut({ error: { message: 'No such customer' } }),
      layOut(listOf([])),
      layOut(listOf([complete, {}])),
      layOut(listOf([complete, 'ch_2'])),
      layOut(listOf([{ ...complete, id: { expanded: true } }])),
      layOut(listOf([{ amount: complete.amount, id: complete.id, details: complete.details, url: null }])),
      '<html>\n</html>\n',
      '',
    ];
    for (const other of others) expect(pick(other)).toBeUndefined();
  });

  it('reads no text that has an end missing', () => {
    fc.assert(
      fc.property(item, fc.nat(), (each, cut) => {
        const whole = layOut(listOf([each, each]));
        expect(pick(whole.slice(0, cut % whole.length))).toBeUndefined();
      }),
    );
  });
});
