import { randomUUID } from 'node:crypto';
import { describe, expect, vi } from 'vitest';
import { query } from '../support/database.js';
import { PRUNE_MS } from '../support/durations.js';
import { paydeskTest } from '../support/paydesk-test.js';

const KEPT_HOURS = 30 * 24;
const DAY_MS = 24 * 60 * 60 * 1000;

const it = paydeskTest({ workerByHand: true })
  /** Refunds are of a payment of 20.00. */
  .extend('refundable', ({ paydesk, shop }) => async () => {
    const { id: paymentID } = await paydesk.stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      payment_method: 'pm_card_visa',
      confirm: true,
      return_url: 'https://example.com/paid',
    });
    return (amount: string) =>
      shop.post('/refund', { paymentID, amount }, { 'idempotency-key': randomUUID() });
  })
  .extend('ids', ({ paydesk }) => async (statement: string) => {
    return (await query<{ id: string }>(paydesk, statement)).map(({ id }) => id);
  });

describe('operations older than 30 days', () => {
  it('are deleted with their reservations if they are final', async ({
    paydesk,
    clock,
    shop,
    refundable,
    ids,
  }) => {
    const refund = await refundable();
    await refund('8.00');
    const [old = ''] = await ids('select id from operations');
    const countOn = `insert into guardrail_counters (key_id, day, limit_name, currency, amount_minor)
      select id, $1, 'maxRefundsPerDay', 'usd', 800 from api_keys limit 1`;
    await query(paydesk, countOn, [new Date(clock.now().getTime() - DAY_MS)]);
    paydesk.sandbox.faults.add({
      path: '/v1/refunds',
      method: 'POST',
      kinds: ['reset_before_effect'],
      share: 1,
    });
    const running = (await refund('1.00')).body.operationId;
    const reviewed = (await refund('1.00')).body.operationId;
    paydesk.sandbox.faults.clear();
    await query(paydesk, "update operations set lease_expires_at = 'infinity' where id = $1", [running]);
    await query(paydesk, "update operations set state = 'needs-review' where id = $1", [reviewed]);
    clock.moveHours(1);
    await refund('5.00');
    const kept = (await ids('select id from operations')).filter((id) => id !== old);
    expect(kept).toHaveLength(3);

    clock.moveHours(KEPT_HOURS - 0.5);
    await query(paydesk, countOn, [clock.now()]);
    vi.advanceTimersByTime(PRUNE_MS);
    await expect.poll(async () => (await shop.get(`/operations/${old}`)).status).toBe(404);
    expect(new Set(await ids('select id from operations'))).toEqual(new Set(kept));
    expect(new Set(await ids('select operation_id as id from refund_reservations'))).toEqual(new Set(kept));
    expect(await query(paydesk, 'select 1 from guardrail_counters')).toHaveLength(1);
    expect((await refund('5.01')).body.type).toBe('urn:paydesk:refund-not-possible');
    expect((await refund('5.00')).status).toBe(201);
  });
});
