import { describe, expect, it } from 'vitest';
import type { CheckoutCommand, CheckoutItem, Price } from './checkout.js';
import {
  assertAllKnown,
  assertOneRecurrence,
  assertSellable,
  chargeableTotalMinor,
  currencyOf,
  type Prices,
} from './checkout-items.js';

const monthly = { interval: 'month', intervalCount: 1 } as const;
const yearly = { interval: 'year', intervalCount: 1 } as const;
const oneTime: Price = {
  productId: 'prod_1',
  active: true,
  currency: 'eur',
  unitAmountMinor: 1000,
  metered: false,
};
const recurring: Price = { ...oneTime, recurrence: monthly };

function command(items: CheckoutItem[], more: Partial<CheckoutCommand> = {}): CheckoutCommand {
  return {
    mode: 'payment',
    items,
    successRedirect: 'https://example.com/ok',
    failureRedirect: 'https://example.com/ko',
    ...more,
  };
}

function price(priceId: string, quantity = 1): CheckoutItem {
  return { priceId, quantity };
}

function named(unitAmountMinor: number, quantity = 1): CheckoutItem {
  return { product: { name: 'tea' }, unitAmountMinor, quantity };
}

function knowing(prices: Record<string, Price>): Prices {
  return new Map(Object.entries(prices));
}

function refusal(slug: string, ...fields: string[]): unknown {
  const errors = fields.map((field) => expect.objectContaining({ field }));
  return expect.objectContaining({ slug, extras: { errors } });
}

describe('assertAllKnown', () => {
  it('names each Price that is not known', () => {
    const items = [price('price_a'), named(100), price('price_b'), price('price_c')];
    expect(() => assertAllKnown(items, knowing({ price_b: oneTime }))).toThrow(
      refusal('not-found', 'items[0].priceId', 'items[3].priceId'),
    );
  });

  it('has nothing against known ones', () => {
    expect(() => assertAllKnown([price('price_a')], knowing({ price_a: oneTime }))).not.toThrow();
  });
});

describe('currencyOf', () => {
  const prices = knowing({ price_a: oneTime });

  it('is that of the request', () => {
    expect(currencyOf(command([price('price_a')], { currency: 'jpy' }), prices)).toBe('jpy');
  });

  it('is that of the Prices where the request names none', () => {
    expect(currencyOf(command([price('price_a')]), prices)).toBe('eur');
  });

  it('refuses a Price in a currency that nobody here knows', () => {
    const foreign = knowing({ price_a: { ...oneTime, currency: 'xyz' } });
    expect(() => currencyOf(command([price('price_a')]), foreign)).toThrow(
      refusal('invalid-request', 'items[0].priceId'),
    );
  });
});

describe('assertSellable', () => {
  it.each([
    ['payment', oneTime],
    ['subscription', recurring],
  ] as const)('lets a %s sell a Price of its type', (mode, sold) => {
    const prices = knowing({ price_a: sold });
    expect(() => assertSellable(command([price('price_a')], { mode }), prices, 'eur')).not.toThrow();
  });

  it.each([
    ['inactive', 'payment', { ...oneTime, active: false }, 'must be an active price'],
    ['recurring', 'payment', recurring, 'must be a one-time price'],
    ['one-time', 'subscription', oneTime, 'must be a recurring price'],
    ['metered', 'subscription', { ...recurring, metered: true }, 'must not be billed by usage'],
    ['foreign', 'payment', { ...oneTime, currency: 'usd' }, 'must be a price in EUR'],
  ] as const)('does not sell an %s Price in a %s', (_kind, mode, sold, message) => {
    const prices = knowing({ price_a: oneTime, price_b: sold });
    const [first] = mode === 'payment' ? [price('price_a')] : [named(100)];
    const sale = command([first, price('price_b')], { mode });
    expect(() => assertSellable(sale, prices, 'eur')).toThrow(
      expect.objectContaining({
        slug: 'invalid-request',
        extras: { errors: [{ field: 'items[1].priceId', message }] },
      }),
    );
  });
});

describe('assertOneRecurrence', () => {
  const monthlyTea: CheckoutItem = {
    product: { name: 'tea' },
    unitAmountMinor: 100,
    quantity: 1,
    recurrence: monthly,
  };

  it('counts a Price in', () => {
    const items = [monthlyTea, price('price_a')];
    expect(() => assertOneRecurrence(items, knowing({ price_a: recurring }))).not.toThrow();
    expect(() =>
      assertOneRecurrence(items, knowing({ price_a: { ...recurring, recurrence: yearly } })),
    ).toThrow(refusal('invalid-request', 'items[1].priceId'));
  });

  it('finds what differs before any Price is known', () => {
    const items = [price('price_a'), monthlyTea, { ...monthlyTea, recurrence: yearly }];
    expect(() => assertOneRecurrence(items, new Map())).toThrow(
      refusal('invalid-request', 'items[2].recurrence.interval'),
    );
  });
});

describe('chargeableTotalMinor', () => {
  // Limits in EUR: 0.50 and 999,999.99, https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
  const prices = knowing({
    price_a: oneTime,
    price_free: { ...oneTime, unitAmountMinor: 0 },
    price_tiered: { ...oneTime, unitAmountMinor: null },
  });

  it.each([
    ['just enough', [named(50)], 50],
    ['enough together', [named(20), named(10, 3)], 50],
    ['enough with a Price', [named(1), price('price_a')], 1 + Number(oneTime.unitAmountMinor)],
    ['the most', [named(99_999_999)], 99_999_999],
    ['nothing', [price('price_free', 7)], 0],
    ['only known to Stripe', [named(1), price('price_tiered')], null],
  ])('takes a total that is %s', (_what, items, expected) => {
    expect(chargeableTotalMinor(command(items), prices, 'eur')).toBe(expected);
  });

  it.each([
    ['too little', [named(49)]],
    ['too little together', [named(10, 4), price('price_free')]],
    ['too much by quantity', [named(1, 100_000_000)]],
    ['too much with a Price', [named(99_999_000), price('price_a')]],
  ])('refuses a total that is %s', (_what, items) => {
    expect(() => chargeableTotalMinor(command(items), prices, 'eur')).toThrow(
      refusal('amount-out-of-range', 'items'),
    );
  });
});
