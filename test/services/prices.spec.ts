import type Stripe from 'stripe';
import { describe, expect } from 'vitest';
import { paydeskTest } from '../support/paydesk-test.js';
import { redirects } from '../support/hosted-page.js';

const tea = { productName: 'Tea', unitAmount: '2.00', quantity: 1 };

const it = paydeskTest()
  .extend('price', ({ paydesk }) => async (params: Partial<Stripe.PriceCreateParams> = {}) => {
    const { id } = await paydesk.stripe.prices.create({
      currency: 'usd',
      unit_amount: 1000,
      product_data: { name: 'Cake' },
      ...params,
    });
    return id;
  })
  .extend('refusal', ({ paydesk, shop }) => async (path: string, products: object[], more: object = {}) => {
    const callsBefore = paydesk.stripeCalls.length;
    const { status, body } = await shop.post(path, { ...redirects, products, ...more });
    const calls = paydesk.stripeCalls.slice(callsBefore);
    expect(calls.filter((call) => call.startsWith('POST'))).toEqual([]);
    return { status, fields: body.errors?.map((e: { field: string }) => e.field), calls };
  });

describe('Prices in /pay and /pay/recurrent', () => {
  it('names each Price that Stripe does not know', async ({ price, refusal }) => {
    const known = await price();
    const products = [known, 'price_1unknown', 'price_2unknown'].map((priceId) => ({ priceId, quantity: 1 }));
    expect(await refusal('/pay', products)).toMatchObject({
      status: 404,
      fields: ['products[1].priceId', 'products[2].priceId'],
    });
  });

  it('retrieves a Price once, even if it is sold several times', async ({ price, refusal }) => {
    const priceId = await price({ recurring: { interval: 'month' } });
    const products = [1, 2, 3].map((quantity) => ({ priceId, quantity }));
    const { calls } = await refusal('/pay', products);
    expect(calls).toEqual([`GET /v1/prices/${priceId}`]);
  });

  it('does not sell an inactive one', async ({ paydesk, price, refusal }) => {
    const priceId = await price();
    await paydesk.stripe.prices.update(priceId, { active: false });
    expect(await refusal('/pay', [tea, { priceId, quantity: 1 }])).toMatchObject({
      status: 400,
      fields: ['products[1].priceId'],
    });
  });

  it('sells neither a recurring Price once nor a one-time Price in a subscription', async ({
    price,
    refusal,
  }) => {
    const once = await price();
    const monthly = await price({ recurring: { interval: 'month' } });
    const refused = { status: 400, fields: ['products[0].priceId'] };
    expect(await refusal('/pay', [{ priceId: monthly, quantity: 1 }])).toMatchObject(refused);
    expect(await refusal('/pay/recurrent', [{ priceId: once, quantity: 1 }])).toMatchObject(refused);
  });

  it('does not sell one in another currency', async ({ price, refusal }) => {
    const priceId = await price({ currency: 'eur' });
    const foreign = { priceId, quantity: 1 };
    const refused = { status: 400, fields: ['products[1].priceId'] };
    expect(await refusal('/pay', [tea, foreign])).toMatchObject(refused);
    expect(await refusal('/pay', [{ priceId: await price(), quantity: 1 }, foreign])).toMatchObject(refused);
    expect(await refusal('/pay', [foreign], { currency: 'usd' })).toMatchObject({
      status: 400,
      fields: ['products[0].priceId'],
    });
  });

  it('names each product whose billing period differs from the first', async ({ price, refusal }) => {
    const monthly = await price({ recurring: { interval: 'month' } });
    const quarterly = await price({ recurring: { interval: 'month', interval_count: 3 } });
    const products = [
      { ...tea, interval: 'month' },
      { priceId: monthly, quantity: 1 },
      { priceId: quarterly, quantity: 1 },
    ];
    expect(await refusal('/pay/recurrent', products)).toMatchObject({
      status: 400,
      fields: ['products[2].priceId'],
    });
    expect(await refusal('/pay/recurrent', products.toReversed())).toMatchObject({
      status: 400,
      fields: ['products[1].priceId', 'products[2].intervalCount'],
    });
  });

  it('retrieves no Price if other products already have different billing periods', async ({ refusal }) => {
    const products = [
      { priceId: 'price_unknown', quantity: 1 },
      { ...tea, interval: 'month' },
      { ...tea, interval: 'week' },
    ];
    expect(await refusal('/pay/recurrent', products)).toEqual({
      status: 400,
      fields: ['products[2].interval'],
      calls: [],
    });
  });

  it('includes Prices in the total', async ({ price, refusal }) => {
    const priceId = await price({ unit_amount: 1_000_000 });
    expect(await refusal('/pay', [{ priceId, quantity: 100 }])).toMatchObject({
      status: 422,
      fields: ['products'],
    });
  });
});
