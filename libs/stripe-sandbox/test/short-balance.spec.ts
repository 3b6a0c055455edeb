import { expect, test } from 'vitest';
import { openShop } from './payments.js';
import { failureOf } from './support.js';

test('refuses a refund while the balance is short', async () => {
  const { stripe, sandbox, pay } = await openShop();
  const { id: payment_intent } = await pay(1000);
  sandbox.store.settings.isBalanceShort = true;
  const { raw } = await failureOf(stripe.refunds.create({ payment_intent }, { idempotencyKey: 'k' }));
  expect(raw).toMatchObject({
    statusCode: 400,
    type: 'invalid_request_error',
    message: 'Insufficient funds in your Stripe balance to refund this amount.',
    message_code: 'insufficient_balance_for_refund',
  });
  expect(raw).not.toHaveProperty('code');
  expect((await stripe.refunds.list()).data).toEqual([]);

  sandbox.store.settings.isBalanceShort = false;
  const replay = await failureOf(stripe.refunds.create({ payment_intent }, { idempotencyKey: 'k' }));
  expect(replay).toMatchObject({ statusCode: 400, headers: { 'idempotent-replayed': 'true' } });
  expect((await stripe.refunds.create({ payment_intent })).status).toBe('succeeded');
});
