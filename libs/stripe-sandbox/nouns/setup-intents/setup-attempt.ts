import type Stripe from 'stripe';
import type { ThreeDSecure } from '../payment-methods/test-card.js';
import type { Context } from '../../context.js';
import { newId } from '../../store/ids.js';
import { threeDSecureResult } from '../charges/charged-card.js';

/** How an attempt to set up a payment method went. */
export interface Setup {
  intent: Stripe.SetupIntent;
  paymentMethod: Stripe.PaymentMethod;
  status: 'failed' | 'requires_action' | 'succeeded';
  /** How 3D Secure went, where it was asked for; a challenge has been passed. */
  threeDSecure?: ThreeDSecure;
  error?: Stripe.SetupAttempt.SetupError;
}

/** Source: https://docs.stripe.com/api/setup_attempts/object. */
export function createSetupAttempt(ctx: Context, setup: Setup): Stripe.SetupAttempt {
  const { intent, paymentMethod } = setup;
  return ctx.store.setupAttempts.insert({
    id: newId('setupAttempt'),
    object: 'setup_attempt',
    application: null,
    created: ctx.now(intent.customer as string | null),
    customer: intent.customer,
    customer_account: null,
    flow_directions: null,
    livemode: false,
    on_behalf_of: null,
    payment_method: paymentMethod.id,
    payment_method_details: { card: cardOf(setup), type: 'card' },
    setup_error: setup.error ?? null,
    setup_intent: intent.id,
    status: setup.status,
    usage: intent.usage,
  });
}

function cardOf({ paymentMethod, threeDSecure }: Setup): Stripe.SetupAttempt.PaymentMethodDetails.Card {
  const { brand, checks, country, exp_month, exp_year, fingerprint, funding, last4 } = paymentMethod.card!;
  return {
    brand,
    checks,
    country,
    exp_month,
    exp_year,
    fingerprint,
    funding,
    last4,
    network: brand,
    three_d_secure: threeDSecureResult(brand, threeDSecure),
    wallet: null,
  };
}
