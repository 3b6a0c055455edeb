import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { DAY_SECONDS, STRIPE_SETTLES_SECONDS } from '../support/durations.js';
import { expectProblem } from '../support/expect-problem.js';
import { payOnPage } from '../support/hosted-page.js';
import { someUser } from '../support/saved-card.js';
import { newSubscriber, priceOf } from './subscriptions-test.js';
import { upgradesTest } from './upgrades-test.js';

const it = upgradesTest();

describe('GET /subscriptions/preview-upgrade', () => {
  it('shows what is due now, and at the next renewal', async ({ subscriber, price, clock }) => {
    const { preview, periodEnd } = await subscriber();
    const { status, body } = await preview(await price(3000));
    expect(status).toBe(200);
    const [credit, charge] = body.lines.map(({ amount }: { amount: string }) => Number(amount));
    expect(Number(body.amountDue)).toBeCloseTo(credit + charge, 5);
    expect(body).toMatchObject({ currency: 'usd', next: { amountDue: '30.00', at: periodEnd } });
    expect(Date.parse(body.prorationDate)).toBe(Math.floor(clock.now().getTime() / 1000) * 1000);
    expect(body.lines).toMatchObject([
      { isProration: true, amount: expect.stringMatching(/^-/), periodEnd },
      { isProration: true, periodStart: body.prorationDate, periodEnd },
    ]);
  });

  it('takes what a cheaper price credits off the next renewal', async ({ subscriber, price }) => {
    const { preview } = await subscriber();
    const { body } = await preview(await price(200));
    const credit = body.lines.reduce(
      (sum: number, { amount }: { amount: string }) => sum + Number(amount),
      0,
    );
    expect(body.amountDue).toBe('0.00');
    expect(credit).toBeLessThan(0);
    expect(Number(body.next.amountDue)).toBeCloseTo(Math.max(0, 2 + credit), 5);
  });

  it('changes nothing', async ({ paydesk, subscriber, price }) => {
    const { preview, id } = await subscriber();
    const before = await paydesk.stripe.subscriptions.retrieve(id);
    await preview(await price(3000));
    expect(await paydesk.stripe.subscriptions.retrieve(id)).toEqual(before);
  });
});

describe('POST /subscriptions/upgrade', () => {
  it.for([1500, 3000, 200])(
    'charges what was previewed within an hour for a price of %i',
    async (amount, { subscriber, price, clock, invoiceOf }) => {
      const { preview, upgrade, id } = await subscriber();
      const priceId = await price(amount);
      const { body: previewed } = await preview(priceId);
      clock.moveSeconds(59 * 60);
      const { status, body } = await upgrade(priceId, previewed.prorationDate);
      expect(status).toBe(200);
      expect(body).toMatchObject({ subscriptionID: id, status: 'ACTIVE', items: [{ priceId }] });
      const invoice = await invoiceOf(id);
      expect(invoice.status).toBe('paid');
      expect((invoice.amount_due / 100).toFixed(2)).toBe(previewed.amountDue);
      expect(invoice.lines.data.map((line) => (line.amount / 100).toFixed(2))).toEqual(
        previewed.lines.map((line: { amount: string }) => line.amount),
      );
    },
  );

  it('renews at the price that was previewed', async ({ subscriber, price, clock, invoiceOf }) => {
    const { preview, upgrade, id, periodEnd } = await subscriber();
    const priceId = await price(200);
    const { body } = await preview(priceId);
    await upgrade(priceId, body.prorationDate);
    clock.moveSeconds(Math.ceil((Date.parse(periodEnd) - clock.now().getTime()) / 1000) + 2 * 60 * 60);
    const invoice = await invoiceOf(id);
    expect((invoice.amount_due / 100).toFixed(2)).toBe(body.next.amountDue);
  });

  it('charges once for a key', async ({ paydesk, subscriber, price }) => {
    const { upgrade, id } = await subscriber();
    const priceId = await price(3000);
    const path = `/v1/subscriptions/${id}`;
    paydesk.sandbox.faults.add({ method: 'POST', path, kinds: ['reset_after_effect'], times: 9 });
    const key = { 'idempotency-key': 'upgrade-1' };
    expectProblem(await upgrade(priceId, undefined, key), 'outcome-unknown');
    paydesk.sandbox.faults.clear();
    const first = await upgrade(priceId, undefined, key);
    const second = await upgrade(priceId, undefined, key);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body).toEqual(first.body);
    const { data } = await paydesk.stripe.invoices.list({ subscription: id });
    expect(data.map(({ status }) => status)).toEqual(['paid', 'paid']);
  });

  it('takes the place of a change that a service has scheduled', async ({
    paydesk,
    shop,
    subscriber,
    price,
    clock,
  }) => {
    const { upgrade, id } = await subscriber();
    const [cheaper, dearer] = [await price(500), await price(3000)];
    const scheduled = await shop.post('/pay/recurrent/change', {
      paymentID: id,
      products: [{ priceId: cheaper, quantity: 1 }],
      proration: 'none',
      at: 'endOfPeriod',
    });
    expect(scheduled.status).toBe(200);
    expect((await upgrade(dearer)).status).toBe(200);
    expect((await paydesk.stripe.subscriptions.retrieve(id)).schedule).toBeNull();
    clock.moveSeconds(32 * DAY_SECONDS);
    const { items } = await paydesk.stripe.subscriptions.retrieve(id);
    expect(items.data).toMatchObject([{ price: { id: dearer } }]);
  });

  it('leaves a schedule of the Dashboard alone', async ({ paydesk, subscriber, price }) => {
    const { upgrade, preview, id } = await subscriber();
    const { id: schedule, phases } = await paydesk.stripe.subscriptionSchedules.create({
      from_subscription: id,
    });
    const { start_date = 0, end_date = 0, items = [] } = phases[0] ?? {};
    const next = { items: [{ price: await price(500) }], duration: { interval: 'month' as const } };
    await paydesk.stripe.subscriptionSchedules.update(schedule, {
      phases: [{ start_date, end_date, items: [{ price: idOf(items[0]?.price) ?? '' }] }, next],
    });
    expectProblem(await preview(await price(3000)), 'subscription-scheduled');
    expectProblem(await upgrade(await price(3000)), 'subscription-scheduled');
    expect((await paydesk.stripe.subscriptions.retrieve(id)).schedule).toBe(schedule);
  });

  it('changes nothing if the card is declined, or wants authentication', async ({
    paydesk,
    subscriber,
    price,
    invoiceOf,
  }) => {
    const { upgrade, user, id } = await subscriber();
    const { customer } = await paydesk.stripe.subscriptions.retrieve(id);
    const before = await invoiceOf(id);
    for (const [card, slug] of [
      ['pm_card_chargeCustomerFail', 'card-declined'],
      ['pm_card_authenticationRequired', 'authentication-required'],
    ] as const) {
      const method = await paydesk.stripe.paymentMethods.attach(card, { customer: idOf(customer) ?? '' });
      await (await user()).put(`/payments/payment-methods/${method.id}/default`);
      const priceId = await price(3000);
      const answer = await upgrade(priceId);
      expectProblem(answer, slug);
      expect((await invoiceOf(id)).id).toBe(before.id);
      const { body } = await (await user()).get('/subscriptions/current');
      expect(body.subscription.items[0].priceId).not.toBe(priceId);
    }
  });

  it.for([
    ['more than an hour old', -61 * 60],
    ['to come', 5 * 60],
  ] as const)('refuses a date that is %s', async ([, seconds], { subscriber, price, clock }) => {
    const { upgrade } = await subscriber();
    const date = new Date(clock.now().getTime() + seconds * 1000).toISOString();
    const answer = await upgrade(await price(3000), date);
    expectProblem(answer, 'invalid-request');
    expect(answer.body.errors).toMatchObject([{ field: 'prorationDate' }]);
  });

  it('refuses a date from before the current period', async ({ paydesk, price, clock }) => {
    const { user, start } = await newSubscriber(paydesk);
    await start(await price(1000));
    const prorationDate = new Date(clock.now().getTime() - 60_000).toISOString();
    const answer = await user.post('/subscriptions/upgrade', { priceId: await price(3000), prorationDate });
    expectProblem(answer, 'invalid-state');
  });

  it('refuses what can not be changed to', async ({ paydesk, subscriber, price }) => {
    const { upgrade, preview, id } = await subscriber();
    const subscription = await paydesk.stripe.subscriptions.retrieve(id);
    const euros = await priceOf(paydesk, 'magazine', 3000, { currency: 'eur' });
    const inactive = await priceOf(paydesk, 'magazine', 3000, { active: false });
    for (const call of [upgrade, preview]) {
      expectProblem(await call(subscription.items.data[0]?.price.id ?? ''), 'invalid-state');
      for (const priceId of [euros, inactive]) {
        expect(await call(priceId)).toMatchObject({ status: 400, body: { errors: [{ field: 'priceId' }] } });
      }
      expect(await call('price_unknown')).toMatchObject({
        status: 404,
        body: { errors: [{ field: 'priceId' }] },
      });
    }
    const stranger = await paydesk.user(someUser());
    const priceId = await price(3000);
    expect((await stranger.post('/subscriptions/upgrade', { priceId })).status).toBe(404);
    await paydesk.stripe.subscriptions.cancel(id);
    expectProblem(await upgrade(priceId), 'invalid-state');
  });

  it('closes an open page for the same product, also if the answer is lost', async ({
    paydesk,
    price,
    clock,
  }) => {
    for (const times of [0, 9]) {
      const { user, subscribe, start } = await newSubscriber(paydesk);
      const { subscriptionID } = await start(await priceOf(paydesk, 'paper', 500));
      const page = await subscribe(await price(1000));
      const upgrade = { priceId: await price(3000) };
      const send = () => user.post('/subscriptions/upgrade', upgrade, { 'idempotency-key': 'close-pages' });
      const path = `/v1/subscriptions/${subscriptionID}`;
      if (times > 0) {
        paydesk.sandbox.faults.add({ method: 'POST', path, kinds: ['reset_after_effect'], times });
        expectProblem(await send(), 'outcome-unknown');
        paydesk.sandbox.faults.clear();
        clock.moveSeconds(STRIPE_SETTLES_SECONDS);
      }
      await expect.poll(async () => (await send()).status).toBe(200);
      await payOnPage(page.body.checkoutLink);
      const { customer } = await paydesk.stripe.subscriptions.retrieve(subscriptionID);
      const { data } = await paydesk.stripe.subscriptions.list({ customer: idOf(customer) ?? '' });
      expect(data.map(({ id }) => id)).toEqual([subscriptionID]);
    }
  });

  it.for([
    ['by itself', 'card-declined', 0],
    ['by an attempt before', 'outcome-unknown', 9],
  ] as const)(
    'tells which pages are closed if it is refused, closed %s',
    async ([, first, times], { paydesk, price }) => {
      const { sandbox, stripe } = paydesk;
      const { user, subscribe, start } = await newSubscriber(paydesk);
      const { subscriptionID: id } = await start(await priceOf(paydesk, 'paper', 500));
      const { checkoutLink } = (await subscribe(await price(1000))).body;
      const customer = idOf((await stripe.subscriptions.retrieve(id)).customer) ?? '';
      const card = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
      await stripe.subscriptions.update(id, { default_payment_method: card.id });
      const path = `/v1/subscriptions/${id}`;
      sandbox.faults.add({ method: 'POST', path, kinds: ['reset_before_effect'], times });
      const upgrade = { priceId: await price(3000) };
      const key = { 'idempotency-key': `tells-pages-${times}` };
      const send = () => user.post('/subscriptions/upgrade', upgrade, key);
      const answer = await send();
      expectProblem(answer, first);
      expect('closedPages' in answer.body).toBe(first === 'card-declined');
      sandbox.faults.clear();
      await expect.poll(async () => (await send()).body.type).toBe('urn:paydesk:card-declined');
      const { data } = await stripe.checkout.sessions.list({ customer, status: 'expired' });
      expect((await send()).body.closedPages).toEqual(data.map((page) => page.id));
      expect(data.map(({ id: page }) => checkoutLink.includes(page))).toEqual([true]);
    },
  );

  it('refuses a product whose page was paid before it could be closed', async ({ paydesk, price, clock }) => {
    const { user, subscribe, start } = await newSubscriber(paydesk);
    const { subscriptionID } = await start(await priceOf(paydesk, 'paper', 500));
    const page = await subscribe(await price(1000));
    // The upgrade is planned, and stops before it has closed the page.
    const path = '/v1/checkout/sessions/*/expire';
    paydesk.sandbox.faults.add({ method: 'POST', path, kinds: ['error_before_effect'], times: 20 });
    const upgrade = { priceId: await price(3000) };
    const key = { 'idempotency-key': 'paid-page' };
    const first = await user.post('/subscriptions/upgrade', upgrade, key);
    expect(first.status).toBeGreaterThanOrEqual(500);
    paydesk.sandbox.faults.clear();
    await payOnPage(page.body.checkoutLink);
    const again = () => user.post('/subscriptions/upgrade', upgrade, key);
    expectProblem(await again(), 'outcome-unknown');
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    await expect.poll(async () => (await again()).body.type).toBe('urn:paydesk:already-subscribed');
    expect((await again()).body).not.toHaveProperty('closedPages');
    const { items } = await paydesk.stripe.subscriptions.retrieve(subscriptionID);
    expect(items.data.map(({ price: { product } }) => product)).toEqual(['paper']);
  });

  it('opens no page for the product while an upgrade to it runs', async ({ paydesk, price }) => {
    const { user, subscribe, start } = await newSubscriber(paydesk);
    const { subscriptionID: id } = await start(await priceOf(paydesk, 'paper', 500));
    const path = `/v1/subscriptions/${id}`;
    paydesk.sandbox.faults.add({ method: 'POST', path, kinds: ['reset_before_effect'], share: 1 });
    const upgrade = { priceId: await price(3000) };
    const send = (key: string) => user.post('/subscriptions/upgrade', upgrade, { 'idempotency-key': key });
    expectProblem(await send('running'), 'outcome-unknown');
    expectProblem(await send('another'), 'in-progress');
    expectProblem(await subscribe(upgrade.priceId), 'not-done');
    const { customer } = await paydesk.stripe.subscriptions.retrieve(id);
    const open = { customer: idOf(customer) ?? '', status: 'open' as const };
    expect((await paydesk.stripe.checkout.sessions.list(open)).data).toEqual([]);
    paydesk.sandbox.faults.clear();
    await expect.poll(async () => (await send('running')).status).toBe(200);
    expectProblem(await subscribe(upgrade.priceId), 'already-subscribed');
  });

  it('does not name a page whose link nobody got if it is refused', async ({ paydesk, price }) => {
    const { sandbox, stripe } = paydesk;
    const { user, subscribe, start } = await newSubscriber(paydesk);
    const { subscriptionID: id } = await start(await priceOf(paydesk, 'paper', 500));
    const path = `/v1/subscriptions/${id}`;
    sandbox.faults.add({ method: 'POST', path, kinds: ['reset_before_effect'], share: 1 });
    const upgrade = { priceId: await price(3000) };
    const send = () => user.post('/subscriptions/upgrade', upgrade, { 'idempotency-key': 'no-link' });
    expectProblem(await send(), 'outcome-unknown');
    expectProblem(await subscribe(upgrade.priceId), 'not-done');
    const customer = idOf((await stripe.subscriptions.retrieve(id)).customer) ?? '';
    expect((await stripe.checkout.sessions.list({ customer, status: 'expired' })).data).toHaveLength(1);
    const card = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
    sandbox.faults.clear();
    await stripe.subscriptions.update(id, { default_payment_method: card.id });
    await expect.poll(async () => (await send()).body.type).toBe('urn:paydesk:card-declined');
    expect((await send()).body).not.toHaveProperty('closedPages');
  });

  it('is not undone by a change that a service schedules while it runs', async ({
    paydesk: { sandbox, stripe },
    shop,
    subscriber,
    price,
  }) => {
    const { id, upgrade } = await subscriber();
    const [bought, later] = [await price(3000), await price(200)];
    const send = () => upgrade(bought, undefined, { 'idempotency-key': 'before-a-schedule' });
    const path = `/v1/subscriptions/${id}`;
    sandbox.faults.add({ method: 'POST', path, kinds: ['reset_before_effect'], share: 1 });
    expectProblem(await send(), 'outcome-unknown');
    const products = [{ priceId: later, quantity: 1 }];
    const change = { paymentID: id, products, proration: 'none', at: 'endOfPeriod' };
    expectProblem(await shop.post('/pay/recurrent/change', change), 'in-progress');
    sandbox.faults.clear();
    await expect.poll(async () => (await send()).status).toBe(200);
    const { items, schedule } = await stripe.subscriptions.retrieve(id);
    expect({ items: items.data, schedule }).toMatchObject({
      items: [{ price: { id: bought } }],
      schedule: null,
    });
  });

  it('is refused, and charges nothing, if the Dashboard schedules a change before it is sent', async ({
    paydesk: { sandbox, stripe },
    subscriber,
    price,
    invoiceOf,
    clock,
  }) => {
    const { id, upgrade } = await subscriber();
    const { id: before } = await invoiceOf(id);
    const bought = await price(3000);
    const send = () => upgrade(bought, undefined, { 'idempotency-key': 'after-a-schedule' });
    const path = `/v1/subscriptions/${id}`;
    sandbox.faults.add({ method: 'POST', path, kinds: ['reset_before_effect'], share: 1 });
    expectProblem(await send(), 'outcome-unknown');
    const { id: schedule } = await stripe.subscriptionSchedules.create({ from_subscription: id });
    await stripe.subscriptionSchedules.update(schedule, { end_behavior: 'cancel' });
    sandbox.faults.clear();
    expectProblem(await send(), 'outcome-unknown');
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    await expect.poll(async () => (await send()).body.type).toBe('urn:paydesk:invalid-state');
    expect((await invoiceOf(id)).id).toBe(before);
  });

  it('is tried out in a dry run, and then made', async ({ subscriber, price }) => {
    const { user, upgrade, id } = await subscriber();
    const priceId = await price(3000);
    const tried = await (await user()).post('/subscriptions/upgrade', { priceId }, { 'dry-run': 'true' });
    expect(tried.body.wouldSend).toMatchObject([{ method: 'POST', path: `/v1/subscriptions/${id}` }]);
    expect((await upgrade(priceId)).status).toBe(200);
  });

  it('lets the user subscribe to the product once the upgrade was declined', async ({ paydesk, price }) => {
    const { user, subscribe, start } = await newSubscriber(paydesk);
    const { subscriptionID: id } = await start(await priceOf(paydesk, 'paper', 500));
    const { customer } = await paydesk.stripe.subscriptions.retrieve(id);
    const card = await paydesk.stripe.paymentMethods.attach('pm_card_chargeCustomerFail', {
      customer: idOf(customer) ?? '',
    });
    await paydesk.stripe.subscriptions.update(id, { default_payment_method: card.id });
    const priceId = await price(3000);
    expectProblem(await user.post('/subscriptions/upgrade', { priceId }), 'card-declined');
    expect((await subscribe(priceId)).body.checkoutLink).toContain('/c/pay/');
  });

  it('refuses the product of another subscription of the user', async ({ paydesk, price }) => {
    const { user, start } = await newSubscriber(paydesk);
    const { subscriptionID } = await start(await price(1000));
    await start(await priceOf(paydesk, 'paper', 500));
    const answer = await user.post('/subscriptions/upgrade', { priceId: await price(3000) });
    expectProblem(answer, 'already-subscribed');
    expect(answer.body.subscriptionId).toBe(subscriptionID);
  });
});
