import type { Stripe } from 'stripe';
import { expect } from 'vitest';
import { CARD_ONLY } from './payments.js';
import { failureOf, test } from './support.js';

/*
 * How to proceed after a decline, as Stripe's responses to its test cards say it:
 * https://docs.stripe.com/declines/card#retrying-issuer-declines.
 */
test.for([
  ['pm_card_visa_chargeDeclined', 'try_again_later', null, '01'],
  ['pm_card_visa_chargeDeclinedInsufficientFunds', 'try_again_later', '02', '51'],
  ['pm_card_visa_chargeDeclinedLostCard', 'do_not_try_again', '01', '41'],
  ['pm_card_visa_chargeDeclinedStolenCard', 'do_not_try_again', '01', '43'],
  ['pm_card_visa_chargeDeclinedVelocityLimitExceeded', 'try_again_later', '02', '61'],
  ['pm_card_chargeDeclinedExpiredCard', 'confirm_card_data', '03', '54'],
  ['pm_card_chargeDeclinedIncorrectCvc', 'confirm_card_data', '03', 'N7'],
  ['pm_card_chargeDeclinedProcessingError', 'try_again_later', null, '06'],
] as const)(
  '%s comes with the advice %s',
  async ([payment_method, advice, networkAdvice, network], { stripe }) => {
    const codes = {
      advice_code: advice,
      network_decline_code: network,
      ...(networkAdvice !== null && { network_advice_code: networkAdvice }),
    };
    const payment = stripe.paymentIntents.create({
      ...CARD_ONLY,
      amount: 1000,
      confirm: true,
      payment_method,
    });
    const { raw } = await failureOf(payment);
    expect(raw).toMatchObject(codes);
    const { payment_intent: intent } = raw as { payment_intent: Stripe.PaymentIntent };
    expect(intent.last_payment_error).toMatchObject(codes);
    expect('network_advice_code' in intent.last_payment_error!).toBe(networkAdvice !== null);
    const { outcome } = await stripe.charges.retrieve(intent.latest_charge as string);
    expect(outcome).toMatchObject({ ...codes, network_advice_code: networkAdvice });
  },
);

test('successful and blocked payments have no advice_code', async ({ stripe }) => {
  const pay = (payment_method: string) =>
    stripe.paymentIntents.create({ ...CARD_ONLY, amount: 1000, confirm: true, payment_method });
  await pay('pm_card_visa');
  expect((await failureOf(pay('pm_card_radarBlock'))).raw).not.toHaveProperty('advice_code');
  for (const { outcome } of (await stripe.charges.list()).data) expect(outcome?.advice_code).toBeNull();
});
