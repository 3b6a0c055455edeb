import { describe, expect, it } from 'vitest';
import { currencies, type Currency, currencyFacts, isCurrency } from './currency.js';

/** The codes of the currencies whose facts are as asked. */
function withFacts(facts: { decimals: number; exponent: number; stepMinor: number }): Currency[] {
  return currencies.filter((currency) => {
    const { decimals, exponent, stepMinor } = currencyFacts(currency);
    return decimals === facts.decimals && exponent === facts.exponent && stepMinor === facts.stepMinor;
  });
}

// Lists and figures below are those of https://docs.stripe.com/currencies.
describe('currencies', () => {
  it('has no decimals in the zero-decimal currencies of Stripe', () => {
    expect(withFacts({ decimals: 0, exponent: 0, stepMinor: 1 }).join(' ')).toBe(
      'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf',
    );
  });

  it('has three decimals, the last of them 0, in the dinars and the rial', () => {
    expect(withFacts({ decimals: 3, exponent: 3, stepMinor: 10 }).join(' ')).toBe('bhd jod kwd omr tnd');
  });

  it('sends whole ISK and UGX with two decimals that are 00', () => {
    expect(withFacts({ decimals: 0, exponent: 2, stepMinor: 100 }).join(' ')).toBe('isk ugx');
  });

  it('has two decimals in all others, HUF and TWD among them', () => {
    const others = withFacts({ decimals: 2, exponent: 2, stepMinor: 1 });
    expect(others).toHaveLength(currencies.length - 15 - 5 - 2);
    expect(others).toEqual(expect.arrayContaining(['usd', 'eur', 'huf', 'twd', 'idr', 'cop', 'xcg']));
  });

  it('spells every code in three lower-case letters', () => {
    expect(currencies.filter((currency) => !/^[a-z]{3}$/.test(currency))).toEqual([]);
  });

  it.each([
    ['usd', 50],
    ['gbp', 30],
    ['huf', 175_00],
    ['czk', 15_00],
    ['jpy', 50],
    ['mxn', 10_00],
    ['afn', undefined],
  ] as const)('charges %s from %s minor units', (currency, minimumMinor) => {
    expect(currencyFacts(currency).minimumMinor).toBe(minimumMinor);
  });

  it.each([
    ['usd', 99_999_999],
    ['inr', 999_999_999],
    ['idr', 999_999_999_999],
    ['jpy', 9_999_999_999],
    ['kwd', 99_999_990],
    ['isk', 99_999_900],
  ] as const)('charges %s up to %s minor units', (currency, maximumMinor) => {
    expect(currencyFacts(currency).maximumMinor).toBe(maximumMinor);
  });

  it('has limits that can themselves be charged', () => {
    for (const currency of currencies) {
      const { minimumMinor = 0, maximumMinor, stepMinor } = currencyFacts(currency);
      expect([currency, minimumMinor % stepMinor, maximumMinor % stepMinor]).toEqual([currency, 0, 0]);
    }
  });
});

describe('isCurrency', () => {
  it('knows the codes of the table', () => {
    expect(currencies.every(isCurrency)).toBe(true);
    expect(isCurrency('usd')).toBe(true);
  });

  it.each(['USD', 'Usd', ' usd', 'xyz', '', 'btc', 'toString', '__proto__', 'constructor'])(
    'does not know %j',
    (text) => {
      expect(isCurrency(text)).toBe(false);
    },
  );
});
