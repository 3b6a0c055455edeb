import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasCardNumber, hasLuhnNumber, replaceCardNumbers } from './card-number.js';

/** https://docs.stripe.com/testing#cards */
const TEST_CARDS = [
  '4242424242424242',
  '4000056655665556',
  '5555555555554444',
  '2223003122003222',
  '5200828282828210',
  '5105105105105100',
  '378282246310005',
  '371449635398431',
  '6011111111111117',
  '6011000990139424',
  '3056930009020004',
  '36227206271667',
  '3566002020360505',
  '6200000000000005',
  '6205500000000000004',
  '4222222222222',
];

const digits = (length: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length });

/** Numbers of 13 to 19 digits that pass the Luhn check, built from its definition. */
const luhnNumber = fc
  .integer({ min: 12, max: 18 })
  .chain(digits)
  .map((payload) => {
    const doubled = payload.map((digit, index) => ((payload.length - index) % 2 === 1 ? digit * 2 : digit));
    const sum = doubled.reduce((total, value) => total + Math.floor(value / 10) + (value % 10), 0);
    return [...payload, (10 - (sum % 10)) % 10].join('');
  });

const inGroupsOfFour = (number: string, separator: string) => number.replace(/.{4}(?=.)/g, `$&${separator}`);

describe('hasCardNumber', () => {
  it.each(TEST_CARDS)('finds %s, also in groups and inside a text', (number) => {
    for (const separator of ['', ' ', '-', '\u00a0', '–']) {
      const written = inGroupsOfFour(number, separator);
      expect(hasCardNumber(written)).toBe(true);
      expect(hasCardNumber(`card ${written}, 12/30`)).toBe(true);
      expect(hasCardNumber(`${written} 12 30`)).toBe(true);
    }
  });

  it('finds an American Express and a Diners Club in their own groups', () => {
    expect(hasCardNumber('3782 822463 10005')).toBe(true);
    expect(hasCardNumber('3622-720627-1667')).toBe(true);
  });

  it.each([
    ['a wrong check digit', '4242424242424241'],
    ['a number within a longer one', '424242424242424200000'],
    ['a snowflake id', '1541815603606036482'],
    ['a time in microseconds', '1732567890123453'],
    ['a UUID', '42424242-4242-4242-8242-424242424242'],
    ['a PaymentIntent', 'pi_3TUvWxABCDEFGHIJ0RSTUVWX'],
    ['two days', '2026-11-25 2026-11-30'],
    ['a phone number', '+44 20 7946 0958'],
    ['no digits', 'Wellness exam'],
  ])('finds none in %s', (_what, text) => {
    expect(hasCardNumber(text)).toBe(false);
  });

  it('takes little time for many digits', () => {
    expect(hasCardNumber('1 '.repeat(50_000))).toBe(false);
    expect(hasCardNumber('1'.repeat(100_000))).toBe(false);
  });
});

describe('hasLuhnNumber', () => {
  it('finds every number of 13 to 19 digits with a valid check digit, spaced or dashed too', () => {
    fc.assert(
      fc.property(luhnNumber, fc.constantFrom('', ' ', '-'), (number, separator) => {
        expect(hasLuhnNumber(`ref ${inGroupsOfFour(number, separator)}.`)).toBe(true);
      }),
    );
  });

  it('finds none if one digit is changed', () => {
    fc.assert(
      fc.property(luhnNumber, fc.nat(18), fc.integer({ min: 1, max: 9 }), (number, position, add) => {
        const at = position % number.length;
        const changed = `${number.slice(0, at)}${(Number(number[at]) + add) % 10}${number.slice(at + 1)}`;
        expect(hasLuhnNumber(changed)).toBe(false);
      }),
    );
  });

  it.each(TEST_CARDS)('finds %s followed by other digits', (number) => {
    expect(hasLuhnNumber(`${number} 12 30`)).toBe(true);
  });

  it.each(['20261125 20261130', '123456789012', '4'.repeat(20), '1.000.000.000.000.000'])(
    'finds none in %s',
    (text) => {
      expect(hasLuhnNumber(text)).toBe(false);
    },
  );
});

// Its digits contain 4495 9842 28948, which could be a number of Visa.
it.each(['447ebf44-434c-4495-9842-28948fe1227c', 'order 447EBF44-434C-4495-9842-28948FE1227C, again'])(
  'finds nothing in the UUID of %s',
  (text) => {
    expect([hasCardNumber(text), hasLuhnNumber(text)]).toEqual([false, false]);
  },
);

it('finds nothing in any UUID, and a card number beside it', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.constantFrom(...TEST_CARDS), (uuid, card) => {
      expect(hasLuhnNumber(uuid)).toBe(false);
      expect(hasCardNumber(`${uuid} ${card}`)).toBe(true);
      expect(replaceCardNumbers(`${uuid} ${card}, ${uuid}`, '[card]')).toBe(`${uuid} [card], ${uuid}`);
    }),
  );
});
