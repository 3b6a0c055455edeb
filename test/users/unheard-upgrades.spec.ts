import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { query } from '../support/database.js';
import { DAY_SECONDS, FOREVER_MS, STRIPE_SETTLES_SECONDS } from '../support/durations.js';
import { expectProblem, expectProblemLater } from '../support/expect-problem.js';
import { newestPlan } from '../support/plans.js';
import { sendDuringFault } from '../support/send-during-fault.js';
import { upgradesTest } from './upgrades-test.js';

const it = upgradesTest();

describe('an upgrade of which Stripe has not told what became', () => {
  it('reports a charge whose answer was lost, although the user has another subscription by then', async ({
    paydesk,
    subscriber,
    price,
  }) => {
    const { upgrade, id } = await subscriber();
    const priceId = await price(3000);
    const path = `/v1/subscriptions/${id}`;
    paydesk.sandbox.faults.add({ method: 'POST', path, kinds: ['reset_after_effect'], times: 9 });
    const key = { 'idempotency-key': 'upgrade-2' };
    expectProblem(await upgrade(priceId, undefined, key), 'outcome-unknown');
    paydesk.sandbox.faults.clear();
    const { customer, default_payment_method: card } = await paydesk.stripe.subscriptions.retrieve(id);
    await paydesk.stripe.subscriptions.create({
      customer: idOf(customer) ?? '',
      default_payment_method: idOf(card) ?? '',
      items: [{ price: await price(700) }],
    });
    expect((await upgrade(priceId, undefined, key)).status).toBe(200);
    expect((await paydesk.stripe.invoices.list({ subscription: id })).data).toHaveLength(2);
  });

  it('is found if Stripe makes it late, although the Dashboard has scheduled a change', async ({
    paydesk: { sandbox, stripe },
    subscriber,
    price,
    clock,
  }) => {
    const { id, upgrade } = await subscriber();
    const bought = await price(3000);
    const send = () => upgrade(bought, undefined, { 'idempotency-key': 'late-after-a-schedule' });
    const path = `/v1/subscriptions/${id}`;
    sandbox.faults.add({ method: 'POST', path, kinds: ['error_then_effect'], waitMs: FOREVER_MS });
    expectProblem(await send(), 'outcome-unknown');
    await stripe.subscriptionSchedules.create({ from_subscription: id });
    expect((await send()).body.retryable).toBe(true);
    sandbox.faults.clear();
    const priceNow = async () => (await stripe.subscriptions.retrieve(id)).items.data[0]?.price.id;
    await expect.poll(priceNow).toBe(bought);
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    await expect.poll(async () => (await send()).status).toBe(200);
  });

  it('is found although a later schedule has replaced it', async ({
    paydesk: { sandbox, stripe },
    subscriber,
    price,
    clock,
  }) => {
    const { id, upgrade } = await subscriber();
    const [bought, later] = [await price(3000), await price(200)];
    const send = () => upgrade(bought, undefined, { 'idempotency-key': 'replaced-by-a-schedule' });
    const path = `/v1/subscriptions/${id}`;
    await sendDuringFault({ sandbox }, { method: 'POST', path, kinds: ['reset_after_effect'] }, send);
    const { id: schedule, phases } = await stripe.subscriptionSchedules.create({ from_subscription: id });
    const { start_date = 0, end_date = 0 } = phases[0] ?? {};
    const next = { items: [{ price: later }], duration: { interval: 'month' as const } };
    await stripe.subscriptionSchedules.update(schedule, {
      phases: [{ start_date, end_date, items: [{ price: bought }] }, next],
    });
    clock.moveSeconds(27 * DAY_SECONDS);
    const { items } = await stripe.subscriptions.retrieve(id);
    expect(items.data).toMatchObject([{ price: { id: later } }]);
    await expect.poll(async () => (await send()).status).toBe(200);
    const { data } = await stripe.invoices.list({ subscription: id });
    expect(data.filter(({ billing_reason: reason }) => reason === 'subscription_update')).toHaveLength(1);
  });

  describe('whose key was used before, for an upgrade that is no longer stored', () => {
    const twice = it.extend('again', ({ paydesk, subscriber, price, clock }) => async (key: string) => {
      const { id, upgrade } = await subscriber();
      const bought = await price(3000);
      const send = () => upgrade(bought, undefined, { 'idempotency-key': key });
      expect((await send()).status).toBe(200);
      const { items } = await paydesk.stripe.subscriptions.retrieve(id);
      const back = [{ id: items.data[0]?.id ?? '', price: await price(1000) }];
      await paydesk.stripe.subscriptions.update(id, { items: back, proration_behavior: 'none' });
      await query(paydesk, "delete from operations where kind = 'subscription-upgrade'");
      clock.moveSeconds(2 * DAY_SECONDS);
      const priceNow = async () => (await paydesk.stripe.subscriptions.retrieve(id)).items.data[0]?.price.id;
      return { path: `/v1/subscriptions/${id}`, bought, send, priceNow };
    });

    twice('is made', async ({ again }) => {
      const { bought, send, priceNow } = await again('upgrade-used-twice');
      expect((await send()).status).toBe(200);
      expect(await priceNow()).toBe(bought);
    });

    twice('needs a review if its answer was lost', async ({ paydesk, again, clock }) => {
      const { path, send } = await again('upgrade-used-twice-and-lost');
      await sendDuringFault(paydesk, { method: 'POST', path, kinds: ['reset_before_effect'] }, send);
      await expectProblemLater(clock, send, 'needs-review');
    });
  });

  it('has a plan with what earlier versions look up', async ({ paydesk, subscriber, price }) => {
    const { upgrade } = await subscriber();
    const priceId = await price(3000);
    expect((await upgrade(priceId)).status).toBe(200);
    expect(await newestPlan(paydesk, 'subscription-upgrade')).toMatchObject({ priceId });
  });
});
