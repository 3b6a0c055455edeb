import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { newId } from '../../store/ids.js';
import { threeDSecureResult } from '../charges/charged-card.js';
import type { ThreeDSecure } from '../payment-methods/test-card.js';

/** An attempt to set up a payment method. */
export interface SetupResult {
  intent: Stripe.SetupIntent;
  paymentMethod: Stripe.PaymentMethod;
  status: 'failed' | 'requires_action' | 'succeeded';
  /** The result of 3D Secure if it was required; `challenge` means passed. */
  threeDSecure?: ThreeDSecure;
  error?: Stripe.SetupAttempt.SetupError;
}

/** Records an attempt. Source: https://docs.stripe.com/api/setup_attempts/object. */
export function createSetupAttempt(ctx: Context, result: SetupResult): Stripe.SetupAttempt {
  const { intent, paymentMethod, status, error = null } = result;
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
    payment_method_details: paymentMethod.card
      ? { card: buildCard(result), type: 'card' }
      : { sepa_debit: {}, type: 'sepa_debit' },
    setup_error: error,
    setup_intent: intent.id,
    status,
    usage: intent.usage,
  });
}

function buildCard({
  paymentMethod,
  threeDSecure,
}: SetupResult): Stripe.SetupAttempt.PaymentMethodDetails.Card {
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
