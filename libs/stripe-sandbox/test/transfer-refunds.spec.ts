import { expect, test } from 'vitest';
import { openBank } from './bank.js';
import { failureOf } from './support.js';

/** A payment of 25 EUR by bank transfer: https://docs.stripe.com/payments/customer-balance/refunding */
async function openPaid() {
  const bank = await openBank();
  const { id } = await bank.pay();
  await bank.fund(2500);
  const charge = (await bank.current(id)).latest_charge as string;
  const refund = (amount: number, instructions_email?: string) =>
    bank.stripe.refunds.create({ payment_intent: id, amount, instructions_email });
  const count = bank.events().length;
  return { ...bank, charge, refund, eventsSince: () => bank.events().slice(count) };
}

test('a refund waits until the customer has named a bank account, and is transferred then', async () => {
  const { stripe, clock, charge, refund, eventsSince } = await openPaid();
  const created = await refund(1000);
  const nowSeconds = clock.nowMs() / 1000;
  expect(created).toMatchObject({
    status: 'requires_action',
    instructions_email: 'ada@example.com',
    next_action: {
      type: 'display_details',
      display_details: {
        email_sent: { email_sent_at: nowSeconds, email_sent_to: 'ada@example.com' },
        expires_at: nowSeconds + 45 * 24 * 60 * 60,
      },
    },
    destination_details: { type: 'eu_bank_transfer' },
  });
  expect((await refund(500, 'grace@example.com')).instructions_email).toBe('grace@example.com');
  expect((await failureOf(refund(1001))).param).toBe('amount');
  clock.advanceMs(10_000);
  const pending = await stripe.refunds.retrieve(created.id);
  expect(pending).toMatchObject({ status: 'pending', pending_reason: 'processing' });
  expect(pending).not.toHaveProperty('next_action');
  clock.advanceMs(10_000);
  expect((await stripe.refunds.retrieve(created.id)).status).toBe('succeeded');
  expect(await stripe.charges.retrieve(charge)).toMatchObject({ amount_refunded: 1500, refunded: false });
  const updates = ['refund.updated', 'charge.refund.updated'];
  expect(eventsSince()).toEqual([
    'refund.created',
    'refund.created',
    ...updates,
    ...updates,
    'charge.refunded',
    ...updates,
    'charge.refunded',
    ...updates,
  ]);
});

test('a refund is canceled or expires only before that, and gives its money back', async () => {
  const { stripe, clock, charge, refund, eventsSince } = await openPaid();
  const [canceled, expired, kept] = [await refund(1000), await refund(1000), await refund(500)];
  expect(await stripe.refunds.cancel(canceled.id)).toMatchObject({ status: 'canceled' });
  const failed = await stripe.testHelpers.refunds.expire(expired.id, {
    expand: ['failure_balance_transaction'],
  });
  expect(failed).toMatchObject({
    status: 'failed',
    failure_balance_transaction: { amount: 1000, type: 'refund_failure' },
  });
  expect(failed).not.toHaveProperty('next_action');
  expect(eventsSince()).toContain('refund.failed');
  clock.advanceMs(10_000);
  for (const call of [stripe.refunds.cancel(kept.id), stripe.testHelpers.refunds.expire(kept.id)])
    expect((await failureOf(call)).statusCode).toBe(400);
  clock.advanceMs(10_000);
  expect(await stripe.charges.retrieve(charge)).toMatchObject({ amount_refunded: 500 });
  expect((await refund(2000)).status).toBe('requires_action');
});

test('a refund needs an address to ask at', async () => {
  const { stripe, customer, refund } = await openPaid();
  await stripe.customers.update(customer, { email: '' });
  expect((await failureOf(refund(1000))).param).toBe('instructions_email');
  expect((await refund(1000, 'grace@example.com')).status).toBe('requires_action');
});
