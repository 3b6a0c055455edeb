import { DateTime } from 'luxon';
import Stripe from 'stripe';
import { describe, expect } from 'vitest';
import type { Limit } from '#core/guardrails.js';
import type { Answer } from '../support/caller.js';
import { expectProblem } from '../support/expect-problem.js';
import { guardrailsTest } from './guardrails-test.js';

const it = guardrailsTest();

function expectExceeded(answer: Answer, limit: Limit): void {
  expectProblem(answer, 'limit-exceeded');
  expect(answer.body.limit).toBe(limit);
}

/** Never free again: only a change of the guardrails can allow it. */
function expectExceededForGood(answer: Answer, limit: Limit): void {
  expectExceeded(answer, limit);
  expect(answer.body).not.toHaveProperty('freeAt');
  expect(answer.headers.has('retry-after')).toBe(false);
}

describe('maxCharge', () => {
  it('allows exactly its amount, and refuses more without a call to Stripe', async ({
    guarded,
    charging,
    chargesMade,
  }) => {
    const charge = await charging(await guarded('partner', { maxCharge: { usd: 5000 } }));
    expect((await charge(5000)).status).toBe(201);
    const before = chargesMade();
    expectExceededForGood(await charge(5001), 'maxCharge');
    expect(chargesMade()).toBe(before);
  });

  it('does not limit other currencies', async ({ guarded, charging }) => {
    const charge = await charging(await guarded('partner', { maxCharge: { usd: 5000 } }));
    expect((await charge(5001, { currency: 'eur' })).status).toBe(201);
  });

  it('of 0 allows nothing', async ({ guarded, charging }) => {
    const charge = await charging(await guarded('partner', { maxCharge: { usd: 0 } }));
    expectExceededForGood(await charge(50), 'maxCharge');
  });

  it('limits the total of a checkout, also with Prices', async ({ paydesk, guarded, pay }) => {
    const service = await guarded('service', { maxCharge: { usd: 1000 } });
    const { id: priceId } = await paydesk.stripe.prices.create({
      currency: 'usd',
      unit_amount: 300,
      product_data: { name: 'Tea' },
    });
    const cake = { productName: 'Cake', unitAmount: '4.00', quantity: 1 };
    expect((await pay(service, { amount: '10.00' })).status).toBe(201);
    expect((await pay(service, { products: [{ priceId, quantity: 2 }, cake] })).status).toBe(201);
    expectExceededForGood(await pay(service, { amount: '10.01' }), 'maxCharge');
    expectExceededForGood(await pay(service, { products: [{ priceId, quantity: 3 }, cake] }), 'maxCharge');
  });

  it('limits the first payment of a subscription', async ({ guarded, pay }) => {
    const service = await guarded('service', { maxCharge: { usd: 1000 } });
    const monthly = { interval: 'month', intervalCount: 1 };
    const subscribe = (amount: string) => pay(service, { amount, ...monthly }, '/pay/recurrent');
    expect((await subscribe('10.00')).status).toBe(201);
    expectExceededForGood(await subscribe('10.01'), 'maxCharge');
  });

  it('refuses a total that only Stripe can calculate', async ({ paydesk, guarded, pay }) => {
    const { id: priceId } = await paydesk.stripe.prices.create({
      currency: 'usd',
      unit_amount_decimal: Stripe.Decimal.from('0.5'),
      product_data: { name: 'Screw' },
    });
    const body = { products: [{ priceId, quantity: 200 }] };
    const limited = await guarded('service', { maxCharge: { usd: 1000 } });
    expectExceededForGood(await pay(limited, body), 'maxCharge');
    const limitedElsewhere = await guarded('service', { maxCharge: { eur: 1000 } });
    expect((await pay(limitedElsewhere, body)).status).toBe(201);
  });

  it('does not limit refunds', async ({ guarded, refunding }) => {
    const refund = await refunding(await guarded('service', { maxCharge: { usd: 1 } }));
    expect((await refund('50.00')).status).toBe(201);
  });
});

describe('currencies', () => {
  it('are the only ones of charges, checkouts and refunds', async ({
    guarded,
    charging,
    refunding,
    pay,
    chargesMade,
  }) => {
    const charge = await charging(await guarded('partner', { currencies: ['eur', 'chf'] }));
    expect((await charge(5000, { currency: 'chf' })).status).toBe(201);
    const before = chargesMade();
    expectExceededForGood(await charge(5000), 'currencies');
    expect(chargesMade()).toBe(before);

    const service = await guarded('service', { currencies: ['eur'] });
    expect((await pay(service, { amount: '10.00', currency: 'eur' })).status).toBe(201);
    expectExceededForGood(await pay(service, { amount: '10.00' }), 'currencies');
    expect((await (await refunding(service, 1000, 'eur'))()).status).toBe(201);
    expectExceededForGood(await (await refunding(service))(), 'currencies');
  });
});

describe('maxChargesPerDay', () => {
  const guardrails = { maxChargesPerDay: { usd: 5000, eur: 700 } };

  it('limits the sum of each currency, and says when it starts again', async ({
    clock,
    guarded,
    charging,
  }) => {
    const charge = await charging(await guarded('partner', guardrails));
    expect((await charge(3000)).status).toBe(201);
    expect((await charge(2000)).status).toBe(201);
    const refused = await charge(50, { key: 'tomorrow' });
    expectExceeded(refused, 'maxChargesPerDay');
    const midnight = DateTime.fromJSDate(clock.now(), { zone: 'Europe/Rome' })
      .plus({ days: 1 })
      .startOf('day');
    expect(refused.body.freeAt).toBe(midnight.toUTC().toISO());
    const seconds = Math.ceil((midnight.toMillis() - clock.now().getTime()) / 1000);
    expect(refused.headers.get('retry-after')).toBe(String(seconds));
    expect((await charge(700, { currency: 'eur' })).status).toBe(201);
    expect((await charge(90_000, { currency: 'chf' })).status).toBe(201);

    clock.moveSeconds(seconds - 1);
    expectExceeded(await charge(50, { key: 'tomorrow' }), 'maxChargesPerDay');
    clock.moveSeconds(1);
    expect((await charge(50, { key: 'tomorrow' })).status).toBe(201);
    expect((await charge(4950)).status).toBe(201);
    expectExceeded(await charge(50), 'maxChargesPerDay');
  });

  it('never frees an amount that is larger than the limit', async ({ guarded, charging }) => {
    const charge = await charging(await guarded('partner', guardrails));
    expectExceededForGood(await charge(5001), 'maxChargesPerDay');
    expect((await charge(5000)).status).toBe(201);
  });

  it('counts checkouts, paid or not, but not refunds', async ({ guarded, refunding, pay }) => {
    const service = await guarded('service', { maxChargesPerDay: { usd: 5000 } });
    expect((await pay(service, { amount: '30.00' })).status).toBe(201);
    const subscription = { amount: '20.00', interval: 'month', intervalCount: 1 };
    expect((await pay(service, subscription, '/pay/recurrent')).status).toBe(201);
    expectExceeded(await pay(service, { amount: '0.50' }), 'maxChargesPerDay');
    expect((await (await refunding(service))()).status).toBe(201);
  });

  it('belongs to one key', async ({ guarded, charging }) => {
    const [one, other] = [await guarded('partner', guardrails), await guarded('partner', guardrails)];
    expect((await (await charging(one))(5000)).status).toBe(201);
    expect((await (await charging(other))(5000)).status).toBe(201);
  });
});

describe('maxRefundsPerDay', () => {
  it('limits the sum of refunds, also of all that is left, but no charges', async ({
    guarded,
    refunding,
    pay,
  }) => {
    const service = await guarded('service', { maxRefundsPerDay: { usd: 5000 } });
    const [refund, refundOther] = [await refunding(service, 3000), await refunding(service, 3000)];
    expect((await refund()).status).toBe(201);
    const refused = await refundOther();
    expectExceeded(refused, 'maxRefundsPerDay');
    expect(refused.body).toHaveProperty('freeAt');
    expect((await refundOther('20.00')).status).toBe(201);
    expectExceeded(await refundOther('0.01'), 'maxRefundsPerDay');
    expect((await pay(service, { amount: '90.00' })).status).toBe(201);
  });
});

describe('requireIdempotencyKey', () => {
  it('requires a key for charges, checkouts and refunds', async ({ guarded }) => {
    const guardrails = { requireIdempotencyKey: true };
    const [partner, service] = [await guarded('partner', guardrails), await guarded('service', guardrails)];
    for (const send of [
      () => partner.post('/partners/user/u/payment_intent', {}),
      () => service.post('/pay', {}),
      () => service.post('/pay/recurrent', {}),
      () => service.post('/refund', {}),
    ]) {
      expectProblem(await send(), 'idempotency-key-invalid');
    }
    expect((await partner.post('/partners/user/u/setup_intent')).status).toBe(201);
    expectProblem(await service.post('/refund', {}, { 'idempotency-key': 'k' }), 'invalid-request');
  });

  it('requires none if it is false or absent', async ({ guarded }) => {
    for (const guardrails of [{ requireIdempotencyKey: false }, {}]) {
      const service = await guarded('service', guardrails);
      for (const path of ['/pay', '/refund']) expectProblem(await service.post(path, {}), 'invalid-request');
    }
  });
});
