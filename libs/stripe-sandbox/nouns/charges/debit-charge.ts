import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import type { DebitFailure } from '../payment-methods/test-ibans.js';
import { approvedByBank, bankOutcome, receiptUrlOf, withBalanceTransaction } from './charge.js';

/** A debit that the bank has not answered yet. Source: https://docs.stripe.com/api/charges/object. */
export function createDebitCharge(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  { paymentMethod, mandate }: { paymentMethod: Stripe.PaymentMethod; mandate: Stripe.Mandate },
): Stripe.Charge {
  const { bank_code, branch_code, country, fingerprint, last4 } = paymentMethod.sepa_debit!;
  const charge = ctx.store.charges.insert({
    ...approvedByBank(ctx, intent, paymentMethod),
    paid: false,
    payment_method_details: {
      sepa_debit: { bank_code, branch_code, country, fingerprint, last4, mandate: mandate.id },
      type: 'sepa_debit',
    },
    receipt_url: null,
    status: 'pending',
  });
  ctx.emit('charge.pending', charge);
  return charge;
}

/** Records that the bank has paid. */
export function completeDebitCharge(ctx: Context, { id }: Stripe.Charge): Stripe.Charge {
  const paid = ctx.store.charges.update(id, {
    paid: true,
    receipt_url: receiptUrlOf(ctx, id),
    status: 'succeeded',
  });
  const after = withBalanceTransaction(ctx, paid);
  ctx.emit('charge.succeeded', after);
  return after;
}

/** Records that the bank has not paid. */
export function failDebitCharge(ctx: Context, { id }: Stripe.Charge, failure: DebitFailure): Stripe.Charge {
  const failure_code = failure.chargeCode ?? failure.code;
  const after = ctx.store.charges.update(id, {
    amount_captured: 0,
    captured: false,
    failure_code,
    failure_message: failure.message,
    outcome: bankOutcome(
      'declined_by_network',
      'The bank returned the debit.',
      'issuer_declined',
      failure_code,
    ),
    status: 'failed',
  });
  ctx.emit('charge.failed', after);
  return after;
}
