import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import type { Caller } from '../support/caller.js';
import { expectProblem } from '../support/expect-problem.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import type { Paydesk } from '../support/paydesk.js';
import { paydeskTest } from '../support/paydesk-test.js';

const DAY_SECONDS = 24 * 60 * 60;
/** Attaches, and then every charge is declined: https://docs.stripe.com/testing#declined-payments */
const DECLINED_LATER = 'pm_card_chargeCustomerFail';

const it = paydeskTest()
  .extend(
    'price',
    ({ paydesk }) =>
      (amount: number, more: object = {}) =>
        createPrice(paydesk, amount, more),
  )
  /** A subscription of 10.00 USD a month, whose period is a few days old. */
  .extend('start', ({ paydesk, shop, clock, price }) => async () => {
    const old = await price(1000);
    const started = await shop.post('/pay/recurrent', {
      ...redirects,
      products: [{ priceId: old, quantity: 1 }],
    });
    await payOnPage(started.body.redirectToUrl);
    clock.moveSeconds(5 * DAY_SECONDS);
    const { paymentID } = started.body as { paymentID: string };
    const { subscription } = await paydesk.stripe.checkout.sessions.retrieve(paymentID);
    return { paymentID, old, id: idOf(subscription) ?? '' };
  })
  .extend('change', ({ shop }) => (body: object, headers?: Record<string, string>, caller: Caller = shop) => {
    return caller.post('/pay/recurrent/change', { proration: 'now', at: 'now', ...body }, headers);
  })
  .extend('preview', ({ shop }) => (body: object) => {
    return shop.post('/pay/recurrent/change-preview', { proration: 'now', at: 'now', ...body });
  })
  .extend('invoicesOf', ({ paydesk }) => async (subscription: string) => {
    return (await paydesk.stripe.invoices.list({ subscription })).data;
  });

const one = (priceId: string, quantity = 1) => ({ products: [{ priceId, quantity }] });

describe('POST /pay/recurrent/change', () => {
  it('charges at once what was previewed', async ({ start, preview, change, price, invoicesOf, clock }) => {
    const { paymentID, id } = await start();
    const next = await price(3000);
    const { status, body } = await preview({ paymentID, ...one(next, 2) });
    expect(status).toBe(200);
    expect(body.lines).toMatchObject([{ isProration: true }, { isProration: true }]);
    expect(body.next.amountDue).toBe('60.00');
    clock.moveSeconds(59 * 60);
    const answer = await change({ paymentID, ...one(next, 2), prorationDate: body.prorationDate });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ subscriptionID: id, items: [{ priceId: next, quantity: 2 }] });
    const [invoice] = await invoicesOf(id);
    expect(invoice).toMatchObject({ status: 'paid' });
    expect((Number(invoice?.amount_due) / 100).toFixed(2)).toBe(body.amountDue);
  });

  it('puts the difference on the next invoice', async ({ start, preview, change, price, invoicesOf }) => {
    const { paymentID, id } = await start();
    const wanted = { paymentID, ...one(await price(3000)), proration: 'next' };
    const { body } = await preview(wanted);
    expect(body).toMatchObject({ amountDue: '0.00', lines: [] });
    expect(Number(body.next.amountDue)).toBeGreaterThan(30);
    expect((await change(wanted)).status).toBe(200);
    expect(await invoicesOf(id)).toHaveLength(1);
  });

  it('charges nothing for the rest of the period', async ({ start, preview, change, price, invoicesOf }) => {
    const { paymentID, id } = await start();
    const wanted = { paymentID, ...one(await price(3000)), proration: 'none' };
    const { body } = await preview(wanted);
    expect(body).toMatchObject({ amountDue: '0.00', lines: [], next: { amountDue: '30.00' } });
    expect((await change(wanted)).body.items).toMatchObject([{ unitAmount: '30.00' }]);
    expect(await invoicesOf(id)).toHaveLength(1);
  });

  it('adds, replaces and removes items', async ({ paydesk, start, change, price }) => {
    const { paymentID, old, id } = await start();
    const added = await price(500);
    const both = { products: [{ priceId: old, quantity: 3 }, ...one(added).products] };
    expect((await change({ paymentID, ...both, proration: 'none' })).status).toBe(200);
    expect((await change({ paymentID, ...one(added), proration: 'none' })).status).toBe(200);
    const { items } = await paydesk.stripe.subscriptions.retrieve(id);
    expect(items.data.map(({ price: { id: priceId }, quantity }) => [priceId, quantity])).toEqual([
      [added, 1],
    ]);
  });

  it('takes place with the next renewal', async ({ paydesk, shop, start, preview, change, price, clock }) => {
    const { paymentID, old, id } = await start();
    const next = await price(2000);
    const wanted = { paymentID, ...one(next), proration: 'none', at: 'endOfPeriod' };
    const { body: previewed } = await preview(wanted);
    const answer = await change(wanted);
    expect(answer.body.items).toMatchObject([{ priceId: old }]);
    expect(previewed).toMatchObject({
      amountDue: '0.00',
      next: { amountDue: '20.00', at: answer.body.currentPeriodEnd },
    });
    clock.moveSeconds(27 * DAY_SECONDS);
    const { items, latest_invoice: invoice } = await paydesk.stripe.subscriptions.retrieve(id);
    expect(items.data).toMatchObject([{ price: { id: next } }]);
    expect(await paydesk.stripe.invoices.retrieve(idOf(invoice) ?? '')).toMatchObject({ total: 2000 });
    await paydesk.walkEvents();
    expect((await shop.get(`/pay/subscriptions/${id}`)).body.subscriptionID).toBe(id);
  });

  it('takes place with the next renewal also for an amount without a Price', async ({
    shop,
    change,
    price,
  }) => {
    const started = await shop.post('/pay/recurrent', { ...redirects, amount: '5.00', interval: 'month' });
    await payOnPage(started.body.redirectToUrl);
    const { paymentID } = started.body;
    const answer = await change({ paymentID, ...one(await price(2000)), at: 'endOfPeriod' });
    expect(answer).toMatchObject({ status: 200, body: { items: [{ unitAmount: '5.00' }] } });
  });

  it('takes the place of a scheduled change, and can take it back', async ({
    paydesk,
    start,
    change,
    price,
    clock,
  }) => {
    const { paymentID, old, id } = await start();
    const later = { proration: 'none', at: 'endOfPeriod' };
    expect((await change({ paymentID, ...one(await price(2000)), ...later })).status).toBe(200);
    expect((await change({ paymentID, ...one(await price(2500)), ...later })).status).toBe(200);
    expect((await change({ paymentID, ...one(old) })).status).toBe(200);
    expect((await paydesk.stripe.subscriptions.retrieve(id)).schedule).toBeNull();
    clock.moveSeconds(27 * DAY_SECONDS);
    expect((await paydesk.stripe.subscriptions.retrieve(id)).items.data).toMatchObject([
      { price: { id: old } },
    ]);
  });

  it('is taken back by a cancellation', async ({ paydesk, shop, start, change, price }) => {
    const { paymentID, id } = await start();
    await change({ paymentID, ...one(await price(2000)), at: 'endOfPeriod' });
    const cancelled = await shop.post('/pay/recurrent/expire', { paymentID, cancelType: 'endOfPeriod' });
    expect(cancelled.status).toBe(200);
    expect(await paydesk.stripe.subscriptions.retrieve(id)).toMatchObject({
      cancel_at_period_end: true,
      schedule: null,
    });
    expectProblem(await change({ paymentID, ...one(await price(2000)), at: 'endOfPeriod' }), 'invalid-state');
  });

  it('leaves a schedule of the Dashboard alone', async ({ paydesk, start, change, price }) => {
    const { paymentID, id } = await start();
    await paydesk.stripe.subscriptionSchedules.create({ from_subscription: id });
    const answer = await change({ paymentID, ...one(await price(2000)) });
    expectProblem(answer, 'subscription-scheduled');
  });

  it('changes nothing if the card is declined', async ({ paydesk, start, change, price }) => {
    const { paymentID, old, id } = await start();
    const { customer } = await paydesk.stripe.subscriptions.retrieve(id);
    const card = await paydesk.stripe.paymentMethods.attach(DECLINED_LATER, {
      customer: idOf(customer) ?? '',
    });
    await paydesk.stripe.subscriptions.update(id, { default_payment_method: card.id });
    expectProblem(await change({ paymentID, ...one(await price(3000)) }), 'card-declined');
    expect((await paydesk.stripe.subscriptions.retrieve(id)).items.data).toMatchObject([
      { price: { id: old } },
    ]);
  });

  it.for(['now', 'endOfPeriod'])(
    'is made once for a key: %s',
    async (at, { paydesk, start, change, price, invoicesOf }) => {
      const { paymentID, id } = await start();
      const wanted = { paymentID, ...one(await price(3000)), at };
      const path = at === 'now' ? `/v1/subscriptions/${id}` : '/v1/subscription_schedules';
      paydesk.sandbox.faults.add({ method: 'POST', path, kinds: ['reset_after_effect'], times: 9 });
      const key = { 'idempotency-key': `change-${at}` };
      expectProblem(await change(wanted, key), 'outcome-unknown');
      paydesk.sandbox.faults.clear();
      const first = await change(wanted, key);
      expect(first.status).toBe(200);
      expect((await change(wanted, key)).body).toEqual(first.body);
      expect(await invoicesOf(id)).toHaveLength(at === 'now' ? 2 : 1);
    },
  );

  it('keeps to the limits of a key', async ({ paydesk, start, change, price }) => {
    const { paymentID } = await start();
    const limited = await paydesk.service('limited');
    const admin = await paydesk.service('admin', { scopes: ['keys:admin'] });
    const { body } = await admin.get('/admin/keys?name=limited');
    await admin.patch(`/admin/keys/${body.data[0].id}`, { guardrails: { maxCharge: { usd: 10_000 } } });
    const answer = await change({ paymentID, ...one(await price(90_000)) }, {}, limited);
    expectProblem(answer, 'limit-exceeded');
    expect((await change({ paymentID, ...one(await price(1100)) }, {}, limited)).status).toBe(200);
  });

  it('does not schedule a change that would end a trial or a discount', async ({
    paydesk: { stripe },
    start,
    change,
    price,
    clock,
  }) => {
    const { paymentID, id } = await start();
    const wanted = { paymentID, ...one(await price(2000)), proration: 'none', at: 'endOfPeriod' };
    const coupon = await stripe.coupons.create({ percent_off: 10, duration: 'forever' });
    await stripe.subscriptions.update(id, { discounts: [{ coupon: coupon.id }] });
    expectProblem(await change(wanted), 'invalid-state');
    const trialEnd = Math.floor(clock.now().getTime() / 1000) + DAY_SECONDS;
    await stripe.subscriptions.update(id, { discounts: '', trial_end: trialEnd, proration_behavior: 'none' });
    expectProblem(await change(wanted), 'invalid-state');
  });

  it.for([
    ['an unknown price', 404, 'products[0].priceId', () => 'price_unknown'],
    [
      'a price that is sold once',
      400,
      'products[0].priceId',
      (p: Paydesk) => createPrice(p, 100, { recurring: null }),
    ],
    [
      'a price in another currency',
      400,
      'products[0].priceId',
      (p: Paydesk) => createPrice(p, 100, { currency: 'eur' }),
    ],
    ['an inactive price', 400, 'products[0].priceId', (p: Paydesk) => createPrice(p, 100, { active: false })],
  ] as const)('refuses %s', async ([, status, field, make], { paydesk, start, change }) => {
    const { paymentID } = await start();
    const answer = await change({ paymentID, ...one(await make(paydesk)) });
    expect(answer.status).toBe(status);
    expect(answer.body.errors).toEqual([expect.objectContaining({ field })]);
  });

  it('refuses prices that do not go together', async ({ start, change, price }) => {
    const { paymentID, old } = await start();
    const yearly = await price(9000, { recurring: { interval: 'year' } });
    const mixed = await change({ paymentID, products: [...one(old).products, ...one(yearly).products] });
    expect(mixed.body.errors).toEqual([expect.objectContaining({ field: 'products[1].priceId' })]);
    const twice = await change({ paymentID, products: [...one(old).products, ...one(old, 2).products] });
    expect(twice.body.errors).toEqual([expect.objectContaining({ field: 'products[1].priceId' })]);
  });

  it('refuses what changes nothing, and what has ended', async ({ paydesk, start, change, price }) => {
    const { paymentID, old, id } = await start();
    expectProblem(await change({ paymentID, ...one(old) }), 'invalid-state');
    await paydesk.stripe.subscriptions.cancel(id);
    expectProblem(await change({ paymentID, ...one(await price(2000)) }), 'invalid-state');
  });

  it.for([
    ['products', { products: [] }],
    ['products[0].quantity', { products: [{ priceId: 'price_1', quantity: 0 }] }],
    ['products[0]', { products: [{ priceId: 'price_1', quantity: 1, unitAmount: '1.00' }] }],
    ['proration', { proration: 'later' }],
    ['at', { at: 'tomorrow' }],
    ['prorationDate', { prorationDate: 'now' }],
    ['prorationDate', { prorationDate: '2020-01-01T00:00:00Z' }],
    ['prorationDate', { prorationDate: '2020-01-01T00:00:00Z', at: 'endOfPeriod' }],
    ['prorationDate', { prorationDate: '2020-01-01T00:00:00Z', proration: 'none' }],
    ['paymentID', { paymentID: 'pay_1' }],
  ] as const)('names %s of %o', async ([field, body], { change }) => {
    const answer = await change({ paymentID: 'cs_test_1', ...one('price_1'), ...body });
    expectProblem(answer, 'invalid-request');
    expect(answer.body.errors).toEqual([expect.objectContaining({ field })]);
  });
});

describe('a subscription', () => {
  const post = (caller: Caller, action: string, paymentID: string) =>
    caller.post(`/pay/recurrent/${action}`, { paymentID });

  it('is resumed', async ({ paydesk, shop, start }) => {
    const { paymentID, id } = await start();
    expectProblem(await post(shop, 'resume', paymentID), 'invalid-state');
    await shop.post('/pay/recurrent/expire', { paymentID, cancelType: 'endOfPeriod' });
    const answer = await post(shop, 'resume', paymentID);
    expect(answer).toMatchObject({ status: 200, body: { subscriptionID: id, cancelAtPeriodEnd: false } });
    expect((await paydesk.stripe.subscriptions.retrieve(id)).cancel_at_period_end).toBe(false);
  });

  it('is paused and goes on', async ({ paydesk, shop, start }) => {
    const { paymentID, id } = await start();
    expectProblem(await post(shop, 'unpause', paymentID), 'invalid-state');
    expect(await post(shop, 'pause', paymentID)).toMatchObject({ status: 200, body: { status: 'ACTIVE' } });
    expect((await paydesk.stripe.subscriptions.retrieve(id)).pause_collection).toMatchObject({
      behavior: 'void',
    });
    expectProblem(await post(shop, 'pause', paymentID), 'invalid-state');
    expect((await post(shop, 'unpause', paymentID)).status).toBe(200);
    expect((await paydesk.stripe.subscriptions.retrieve(id)).pause_collection).toBeNull();
  });

  it.for(['resume', 'pause', 'unpause'])(
    'that has ended, or is not paid, has no %s',
    async (action, { paydesk, shop, start }) => {
      const { paymentID, id } = await start();
      await paydesk.stripe.subscriptions.cancel(id);
      expectProblem(await post(shop, action, paymentID), 'invalid-state');
      const open = await shop.post('/pay/recurrent', { ...redirects, amount: '5.00', interval: 'month' });
      expectProblem(await post(shop, action, open.body.paymentID), 'invalid-state');
      const once = await shop.post('/pay', { ...redirects, amount: '5.00' });
      await payOnPage(once.body.redirectToUrl);
      const answer = await post(shop, action, once.body.paymentID);
      expect(answer.body.errors).toEqual([expect.objectContaining({ field: 'paymentID' })]);
    },
  );
});

/** A monthly price of a product of its own. */
async function createPrice({ stripe }: Paydesk, amount: number, more: object): Promise<string> {
  const { recurring = { interval: 'month' as const }, ...rest } = more as { recurring?: null };
  const { id } = await stripe.prices.create({
    currency: 'usd',
    unit_amount: amount,
    ...(recurring && { recurring }),
    product_data: { name: 'Magazine' },
    ...rest,
  });
  return id;
}
