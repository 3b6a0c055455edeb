import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { approvedByBank, receiptUrlOf, withBalanceTransaction } from './charge.js';

/** The charge of a payment from a customer's cash balance. Source: https://docs.stripe.com/api/charges/object. */
export function createTransferCharge(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  paymentMethod: Stripe.PaymentMethod,
): Stripe.Charge {
  const approved = approvedByBank(ctx, intent, paymentMethod);
  const charge = ctx.store.charges.insert({
    ...approved,
    paid: true,
    payment_method_details: { customer_balance: {}, type: 'customer_balance' },
    receipt_url: receiptUrlOf(ctx, approved.id),
    status: 'succeeded',
  });
  const settled = withBalanceTransaction(ctx, charge);
  ctx.emit('charge.succeeded', settled);
  return settled;
}
