import { expect, test } from 'vitest';
import { openShop } from './payments.js';
import { failureOf } from './support.js';

// https://docs.stripe.com/testing#disputes: the charge succeeds, only to receive an early fraud warning.
test('4000000000005423 is paid, undisputed, and reported as fraud', async () => {
  const { stripe, pay, events } = await openShop('pm_card_createIssuerFraudRecord');
  const { id, status, latest_charge: charge } = await pay(4000);
  expect(status).toBe('succeeded');
  expect(events()).toContain('radar.early_fraud_warning.created');
  const { data } = await stripe.radar.earlyFraudWarnings.list({ charge: charge as string });
  expect(data).toEqual([
    {
      id: expect.stringMatching(/^issfr_1[A-Za-z0-9]{23}$/),
      object: 'radar.early_fraud_warning',
      actionable: true,
      charge,
      created: expect.any(Number),
      fraud_type: 'misc',
      livemode: false,
      payment_intent: id,
    },
  ]);
  expect(await stripe.radar.earlyFraudWarnings.retrieve(data[0]!.id)).toEqual(data[0]);
  expect((await stripe.disputes.list({ payment_intent: id })).data).toEqual([]);
});

// https://docs.stripe.com/api/radar/early_fraud_warnings/object: actionable until the charge is fully refunded
test('a full refund makes the warning not actionable', async () => {
  const { stripe, pay, events } = await openShop('pm_card_createIssuerFraudRecord');
  const { id: payment_intent } = await pay(4000);
  const warning = async () => (await stripe.radar.earlyFraudWarnings.list({ payment_intent })).data[0];
  await stripe.refunds.create({ payment_intent, amount: 1500 });
  expect(await warning()).toMatchObject({ actionable: true });
  await stripe.refunds.create({ payment_intent });
  expect(await warning()).toMatchObject({ actionable: false });
  expect(events().filter((type) => type === 'radar.early_fraud_warning.updated')).toHaveLength(1);
});

test('returns 404 for an unknown warning', async () => {
  const { stripe } = await openShop();
  expect(await failureOf(stripe.radar.earlyFraudWarnings.retrieve('issfr_nothing'))).toMatchObject({
    statusCode: 404,
    param: 'early_fraud_warning',
  });
});
