import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { newId } from '../../store/ids.js';
import { bankOutcome, chargeFields, newReceiptUrl, withBalanceTransaction } from './charge.js';

/** The charge of a payment from a customer's cash balance. Source: https://docs.stripe.com/api/charges/object. */
export function createTransferCharge(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  paymentMethod: Stripe.PaymentMethod,
): Stripe.Charge {
  const charge = ctx.store.charges.insert({
    ...chargeFields(ctx, intent, paymentMethod),
    id: newId('payment'),
    amount_captured: intent.amount,
    captured: true,
    failure_code: null,
    failure_message: null,
    outcome: bankOutcome('approved_by_network', 'Payment complete.', 'authorized'),
    paid: true,
    payment_method_details: { customer_balance: {}, type: 'customer_balance' },
    receipt_url: newReceiptUrl(),
    status: 'succeeded',
  });
  const settled = withBalanceTransaction(ctx, charge);
  ctx.emit('charge.succeeded', settled);
  return settled;
}
