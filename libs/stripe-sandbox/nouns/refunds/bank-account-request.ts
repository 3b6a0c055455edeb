import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import type { Params } from '../../http/params.js';
import type { createParams } from './params.js';

/** How long a customer has to name a bank account. */
const ANSWER_SECONDS = 45 * 24 * 60 * 60;

/**
 * A refund that waits for its customer to name a bank account, as Stripe has asked for by email.
 * Source: https://docs.stripe.com/payments/customer-balance/refunding.
 */
export function bankAccountRequest(
  email: string,
  sentAtSeconds: number,
): Pick<Stripe.Refund, 'next_action' | 'status'> {
  const email_sent = { email_sent_at: sentAtSeconds, email_sent_to: email };
  return {
    next_action: {
      display_details: { email_sent, expires_at: sentAtSeconds + ANSWER_SECONDS },
      type: 'display_details',
    },
    status: 'requires_action',
  };
}

/**
 * The address at which the customer is asked.
 * @throws StripeFailure 400 if neither the request nor the customer has one
 */
export function requireEmail(
  { store }: Context,
  { customer }: Stripe.Charge,
  { instructions_email }: Params<typeof createParams>,
): string {
  const address = instructions_email ?? store.customers.get(customer as string)?.email;
  if (!address) throw failures.missing('instructions_email');
  return address;
}
