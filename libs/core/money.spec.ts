import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencies, type Currency, currencyFacts } from './currency.js';
import {
  AmountOutOfRangeError,
  assertChargeable,
  formatDecimalAmount,
  MoneyError,
  type MoneyErrorReason,
  parseDecimalAmount,
  parseMinorAmount,
} from './money.js';

const anyCurrency = fc.constantFrom(...currencies);

/** Any positive amount that Stripe takes in the currency, with at most 12 digits before the point. */
const anyMoney = anyCurrency.chain((currency) => {
  const { exponent, stepMinor } = currencyFacts(currency);
  return fc
    .integer({ min: 1, max: (10 ** (12 + exponent) - stepMinor) / stepMinor })
    .map((steps) => ({ amountMinor: steps * stepMinor, currency }));
});

/** The attempt to charge an amount. */
function charge(amountMinor: number, currency: Currency): () => void {
  return () => assertChargeable({ amountMinor, currency });
}

/** The reason of the MoneyError that the parser throws, or what it returns instead. */
function reasonOf(parse: () => number): MoneyErrorReason | number {
  try {
    return parse();
  } catch (error) {
    if (error instanceof MoneyError) return error.reason;
    throw error;
  }
}

/** The limit that the refusal names. */
function limitOf(refused: () => void): number {
  try {
    refused();
  } catch (error) {
    if (error instanceof AmountOutOfRangeError) return error.limit.amountMinor;
  }
  throw new Error('expected a refusal');
}

describe('parseDecimalAmount', () => {
  it.each([
    ['19.99', 'usd', 1999],
    ['5', 'usd', 500],
    ['5.00', 'eur', 500],
    ['0.50', 'usd', 50],
    ['1.10', 'usd', 110],
    ['500', 'jpy', 500],
    ['5.120', 'kwd', 5120],
    ['5', 'kwd', 5000],
    ['5', 'isk', 500],
    ['5', 'ugx', 500],
    ['10.45', 'huf', 1045],
    ['800.45', 'twd', 80045],
    ['999999999999.99', 'usd', 99_999_999_999_999],
    ['999999999999.990', 'kwd', 999_999_999_999_990],
  ] as const)('reads "%s" %s as %d', (text, currency, amountMinor) => {
    expect(parseDecimalAmount(text, currency)).toBe(amountMinor);
  });

  it.each(
    [
      ['', ' ', '.', '.5', '5.', '05', '00', '05.00', '5,00', '1,000.00', '1_000', '5 000', 'null'],
      ['5.00 ', ' 5.00', '5.00\n', '5\u200b', '5.0.0', '$5', '5 usd'],
      ['+5', '-5', '-5.00', '5e2', '1e3', '0x10', 'NaN', 'Infinity'],
      ['0', '0.00', '0.000', '5.0', '5.0000', '1000000000000', '9'.repeat(400)],
      ['\u0665.\u0660\u0660', '\u0665', '\uff15.\uff10\uff10', '\u096b', '5\u066b00'],
    ].flat(),
  )('refuses %j, which is no plain decimal', (text) => {
    expect(reasonOf(() => parseDecimalAmount(text, 'usd'))).toBe('not-a-decimal');
  });

  it.each([
    ['5.000', 'usd', 'wrong-decimals'],
    ['500.00', 'jpy', 'wrong-decimals'],
    ['5.00', 'isk', 'wrong-decimals'],
    ['5.00', 'ugx', 'wrong-decimals'],
    ['5.12', 'kwd', 'wrong-decimals'],
    ['5.124', 'kwd', 'not-a-multiple'],
  ] as const)('refuses "%s" %s as %s', (text, currency, reason) => {
    expect(reasonOf(() => parseDecimalAmount(text, currency))).toBe(reason);
  });

  it('gives back every amount that was formatted', () => {
    fc.assert(
      fc.property(anyMoney, ({ amountMinor, currency }) => {
        expect(parseDecimalAmount(formatDecimalAmount(amountMinor, currency), currency)).toBe(amountMinor);
      }),
    );
  });

  it('is the exact product of the written number and the power of ten', () => {
    fc.assert(
      fc.property(anyMoney, ({ amountMinor, currency }) => {
        const { decimals, exponent } = currencyFacts(currency);
        const [integer = '', fraction = ''] = formatDecimalAmount(amountMinor, currency).split('.');
        const exact = BigInt(integer) * 10n ** BigInt(exponent) + BigInt(fraction || 0);
        expect(fraction).toHaveLength(decimals);
        expect(BigInt(parseDecimalAmount(`${integer}${fraction && `.${fraction}`}`, currency))).toBe(exact);
      }),
    );
  });

  it('accepts a bare integer in every currency and writes it with its decimals', () => {
    fc.assert(
      fc.property(anyCurrency, fc.integer({ min: 1, max: 999_999_999_999 }), (currency, units) => {
        const { decimals } = currencyFacts(currency);
        const written = decimals === 0 ? String(units) : `${units}.${'0'.repeat(decimals)}`;
        expect(formatDecimalAmount(parseDecimalAmount(String(units), currency), currency)).toBe(written);
      }),
    );
  });

  it('accepts no text that is not of the shape', () => {
    const almostDecimal = fc.string({
      unit: fc.constantFrom('0', '1', '9', '.', ',', '-', '+', 'e', ' ', '\u0663'),
      maxLength: 16,
    });
    fc.assert(
      fc.property(fc.oneof(almostDecimal, fc.string()), anyCurrency, (text, currency) => {
        const { decimals } = currencyFacts(currency);
        const shape =
          decimals === 0 ? /^[1-9][0-9]*$/ : new RegExp(`^(0|[1-9][0-9]*)([.][0-9]{${decimals}})?$`);
        fc.pre(!shape.test(text));
        expect(() => parseDecimalAmount(text, currency)).toThrow(MoneyError);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('parseMinorAmount', () => {
  it.each([
    [3000, 'usd', 3000],
    ['3000', 'usd', 3000],
    ['1', 'jpy', 1],
    ['500', 'isk', 500],
    [5120, 'kwd', 5120],
    [Number.MAX_SAFE_INTEGER, 'usd', Number.MAX_SAFE_INTEGER],
    ['9007199254740991', 'usd', Number.MAX_SAFE_INTEGER],
  ] as const)('reads %j %s as %d', (value, currency, amountMinor) => {
    expect(parseMinorAmount(value, currency)).toBe(amountMinor);
  });

  it.each<unknown>([
    '',
    '030',
    '30.00',
    '3e3',
    '+3',
    '-3',
    ' 3',
    '3 ',
    '0x3',
    '\u0663',
    'Infinity',
    30.5,
    Number.NaN,
    -Infinity,
    null,
    undefined,
    true,
    { amount: 3000 },
    3000n,
  ])('refuses %o, which is no integer', (value) => {
    expect(reasonOf(() => parseMinorAmount(value, 'usd'))).toBe('not-an-integer');
  });

  it.each([
    [0, 'usd', 'not-positive'],
    [-0, 'usd', 'not-positive'],
    [-1, 'usd', 'not-positive'],
    [5124, 'kwd', 'not-a-multiple'],
    ['550', 'isk', 'not-a-multiple'],
    [Number.MAX_SAFE_INTEGER + 1, 'usd', 'too-large'],
    ['9007199254740993', 'usd', 'too-large'],
    ['9'.repeat(400), 'usd', 'too-large'],
    [Infinity, 'usd', 'too-large'],
  ] as const)('refuses %j %s as %s', (value, currency, reason) => {
    expect(reasonOf(() => parseMinorAmount(value, currency))).toBe(reason);
  });

  it('reads a number and its digits alike', () => {
    fc.assert(
      fc.property(anyMoney, ({ amountMinor, currency }) => {
        expect(parseMinorAmount(amountMinor, currency)).toBe(amountMinor);
        expect(parseMinorAmount(String(amountMinor), currency)).toBe(amountMinor);
      }),
    );
  });
});

describe('formatDecimalAmount', () => {
  it.each([
    [1999, 'usd', '19.99'],
    [5, 'usd', '0.05'],
    [0, 'usd', '0.00'],
    [500, 'jpy', '500'],
    [0, 'jpy', '0'],
    [5120, 'kwd', '5.120'],
    [10, 'kwd', '0.010'],
    [500, 'isk', '5'],
    [0, 'ugx', '0'],
  ] as const)('writes %d %s as "%s"', (amountMinor, currency, text) => {
    expect(formatDecimalAmount(amountMinor, currency)).toBe(text);
  });

  it.each([
    [-1, 'usd'],
    [0.5, 'usd'],
    [NaN, 'usd'],
    [Number.MAX_SAFE_INTEGER + 1, 'usd'],
    [550, 'isk'],
  ] as const)('cannot write %d %s', (amountMinor, currency) => {
    expect(() => formatDecimalAmount(amountMinor, currency)).toThrow(RangeError);
  });
});

describe('assertChargeable', () => {
  it.each([
    [50, 'usd'],
    [99_999_999, 'usd'],
    [175_00, 'huf'],
    [999_999_999_999, 'idr'],
    [1, 'afn'],
  ] as const)('lets %d %s pass', (amountMinor, currency) => {
    expect(charge(amountMinor, currency)).not.toThrow();
  });

  it.each([
    [49, 'usd', 'minimum', 'must be at least 0.50 USD'],
    [49, 'jpy', 'minimum', 'must be at least 50 JPY'],
    [100_000_000, 'usd', 'maximum', 'must be at most 999999.99 USD'],
    [1_000_000_000_000, 'idr', 'maximum', 'must be at most 9999999999.99 IDR'],
  ] as const)('refuses %d %s over the %s', (amountMinor, currency, bound, message) => {
    expect(charge(amountMinor, currency)).toThrow(AmountOutOfRangeError);
    expect(charge(amountMinor, currency)).toThrow(expect.objectContaining({ bound, message }));
  });

  it('names a limit that can be charged, in every currency', () => {
    for (const currency of currencies) {
      const limit = limitOf(charge(10 ** 15, currency));
      expect(charge(limit, currency)).not.toThrow();
      expect(parseMinorAmount(limit, currency)).toBe(limit);
    }
  });
});
