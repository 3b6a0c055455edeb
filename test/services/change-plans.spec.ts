import { describe, expect } from 'vitest';
import { query } from '../support/database.js';
import { expectProblemLater } from '../support/expect-problem.js';
import { newestPlan } from '../support/plans.js';
import { sendDuringFault } from '../support/send-during-fault.js';
import { changesTest, one } from './subscription-changes-test.js';

const it = changesTest();

describe('the plan of a change', () => {
  it.for(['now', 'endOfPeriod'])(
    '%s has what earlier versions look up',
    async (at, { paydesk, start, change, price }) => {
      const { paymentID } = await start();
      const next = await price(3000);
      expect((await change({ paymentID, ...one(next), at })).status).toBe(200);
      const wanted = [{ priceId: next, quantity: 1 }];
      expect(await newestPlan(paydesk, 'subscription-change')).toMatchObject({ wanted });
    },
  );

  it('of the end or a pause of a subscription has what earlier versions look up', async ({
    paydesk,
    shop,
    start,
    clock,
  }) => {
    const { paymentID, id } = await start();
    await paydesk.stripe.subscriptions.update(id, { cancel_at_period_end: true });
    const post = async (step: string) => {
      clock.moveSeconds(1);
      expect((await shop.post(`/pay/recurrent/${step}`, { paymentID })).status).toBe(200);
    };
    await post('resume');
    expect(await newestPlan(paydesk, 'subscription-end')).toMatchObject({ end: 'none' });
    await post('pause');
    expect(await newestPlan(paydesk, 'subscription-pause')).toMatchObject({ isPaused: true });
    await post('unpause');
    expect(await newestPlan(paydesk, 'subscription-pause')).toMatchObject({ isPaused: false });
  });

  it('that an earlier version has made leads to a review, if it has to be looked up', async ({
    paydesk,
    start,
    change,
    price,
    clock,
  }) => {
    const { paymentID, id } = await start();
    const next = await price(3000);
    const send = () => change({ paymentID, ...one(next) }, { 'idempotency-key': 'plan-of-before' });
    const path = `/v1/subscriptions/${id}`;
    const failed = await sendDuringFault(
      paydesk,
      { method: 'POST', path, kinds: ['reset_before_effect'] },
      send,
    );
    const { update, previousChangeId, ...rest } = await newestPlan(paydesk, 'subscription-change');
    expect(previousChangeId).toBeNull();
    const { metadata: _trace, ...untraced } = update as { metadata: object };
    const plan = { ...rest, update: untraced };
    await query(paydesk, 'update operations set plan = $1 where id = $2', [plan, failed.body.operationId]);
    await expectProblemLater(clock, send, 'needs-review');
  });
});
