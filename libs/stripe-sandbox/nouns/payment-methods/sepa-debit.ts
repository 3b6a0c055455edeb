import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { newId } from '../../store/ids.js';
import { NO_BILLING_DETAILS } from './payment-method.js';

/** The one account there is. Source: https://docs.stripe.com/payments/sepa-debit/accept-a-payment#test-integration. */
const FAILING_IBAN = 'DE62370400440532013001';

/**
 * A SEPA debit whose payment fails after it was accepted. It can pay once.
 * @throws StripeFailure 400 for any other IBAN
 */
export function createFailingSepaDebit(
  ctx: Context,
  { iban, email, name }: { iban: string; email: string; name: string | null },
): Stripe.PaymentMethod {
  if (iban.replaceAll(' ', '') !== FAILING_IBAN) {
    throw failures.invalidRequest(`The sandbox has no IBAN but ${FAILING_IBAN}, whose payments fail.`);
  }
  const id = newId('paymentMethod');
  ctx.store.cardFacts.insert({ id, number: '', isSetUp: false, isSpent: true, authenticatedFor: null });
  return ctx.store.paymentMethods.insert({
    id,
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: { ...NO_BILLING_DETAILS, email, name },
    created: ctx.now(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    sepa_debit: {
      bank_code: FAILING_IBAN.slice(4, 12),
      branch_code: '',
      country: FAILING_IBAN.slice(0, 2),
      fingerprint: 'sepaDebitFailing',
      generated_from: { charge: null, setup_attempt: null },
      last4: FAILING_IBAN.slice(-4),
    },
    type: 'sepa_debit',
  });
}
