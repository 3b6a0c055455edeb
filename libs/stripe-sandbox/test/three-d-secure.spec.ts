import { expect, test } from 'vitest';
import { completeAuthentication } from '../nouns/payment-intents/confirm.js';
import { openShop } from './payments.js';
import { failureOf } from './support.js';

// https://docs.stripe.com/api/payment_intents/object#payment_intent_object-next_action
test('with a return_url, next_action redirects to a page', async () => {
  const { sandbox, pay, events } = await openShop('pm_card_authenticationRequired');
  const intent = await pay(1000, { off_session: false, return_url: 'https://shop.example/back' });
  expect(intent).toMatchObject({
    status: 'requires_action',
    latest_charge: null,
    next_action: {
      type: 'redirect_to_url',
      redirect_to_url: { return_url: 'https://shop.example/back', url: `${sandbox.url}/3ds/${intent.id}` },
    },
  });
  expect(events().at(-1)).toBe('payment_intent.requires_action');
});

test('without a return_url, next_action is for Stripe.js', async () => {
  const { pay } = await openShop('pm_card_authenticationRequired');
  expect(await pay(1000, { off_session: false })).toMatchObject({
    status: 'requires_action',
    next_action: { type: 'use_stripe_sdk' },
  });
});

test('a passed challenge completes the payment', async () => {
  const { sandbox, stripe, pay } = await openShop('pm_card_authenticationRequired');
  const { id } = await pay(1000, { off_session: false });
  sandbox.run((ctx) => completeAuthentication(ctx, ctx.store.paymentIntents.get(id)!, true));
  const intent = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
  expect(intent).toMatchObject({
    status: 'succeeded',
    next_action: null,
    latest_charge: { payment_method_details: { card: { three_d_secure: { result: 'authenticated' } } } },
  });
});

// https://docs.stripe.com/payments/accept-a-payment-synchronously
test('after a passed challenge, a manual confirmation_method needs another confirmation', async () => {
  const { sandbox, stripe, pay } = await openShop('pm_card_authenticationRequired');
  const { id } = await pay(1000, { off_session: false, confirmation_method: 'manual' });
  sandbox.run((ctx) => completeAuthentication(ctx, ctx.store.paymentIntents.get(id)!, true));
  expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({
    status: 'requires_confirmation',
    latest_charge: null,
    next_action: null,
  });
  expect(await stripe.paymentIntents.confirm(id, { expand: ['latest_charge'] })).toMatchObject({
    status: 'succeeded',
    latest_charge: { payment_method_details: { card: { three_d_secure: { result: 'authenticated' } } } },
  });
});

// https://docs.stripe.com/testing#authentication-and-setup
test('the issuer can still decline after a passed challenge', async () => {
  const { sandbox, stripe, pay } = await openShop(
    'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds',
  );
  const { id } = await pay(1000, { off_session: false });
  sandbox.run((ctx) => completeAuthentication(ctx, ctx.store.paymentIntents.get(id)!, true));
  expect(await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] })).toMatchObject({
    status: 'requires_payment_method',
    last_payment_error: { code: 'card_declined', decline_code: 'insufficient_funds' },
    latest_charge: { status: 'failed', failure_message: 'Your card has insufficient funds.' },
  });
});

test('after a failed challenge the intent requires another payment method', async () => {
  const { sandbox, stripe, pay, card } = await openShop('pm_card_authenticationRequired');
  const { id } = await pay(1000, { off_session: false });
  sandbox.run((ctx) => completeAuthentication(ctx, ctx.store.paymentIntents.get(id)!, false));
  expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({
    status: 'requires_payment_method',
    next_action: null,
    payment_method: null,
    last_payment_error: {
      code: 'payment_intent_authentication_failure',
      payment_method: { id: card.id },
      type: 'invalid_request_error',
    },
  });
});

// https://docs.stripe.com/payments/save-and-reuse#charge-saved-payment-method
test('an off-session payment is declined with authentication_required', async () => {
  const { pay } = await openShop('pm_card_authenticationRequired');
  const failure = await failureOf(pay(1000));
  expect(failure).toMatchObject({
    statusCode: 402,
    code: 'authentication_required',
    decline_code: 'authentication_required',
    message: 'Your card was declined. This transaction requires authentication.',
    charge: expect.stringMatching(/^ch_/),
    payment_intent: { status: 'requires_payment_method', payment_method: null },
  });
});

test('error_on_requires_action declines instead of asking for authentication', async () => {
  const { pay } = await openShop('pm_card_authenticationRequired');
  const failure = await failureOf(pay(1000, { off_session: false, error_on_requires_action: true }));
  expect(failure).toMatchObject({
    statusCode: 402,
    code: 'authentication_required',
    payment_intent: { status: 'requires_payment_method' },
  });
});

test('request_three_d_secure asks for a challenge that the card does not require', async () => {
  const { pay } = await openShop('pm_card_threeDSecureOptional');
  const intent = await pay(1000, {
    off_session: false,
    payment_method_options: { card: { request_three_d_secure: 'any' } },
  });
  expect(intent.status).toBe('requires_action');
});
