import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { schedule } from '../../due.js';
import { failPayment } from './confirm.js';

/** How long a debit is `processing`; Stripe's take days, and seconds in test mode. */
const DEBIT_SECONDS = 10;

/** Starts a debit, which the bank will return. Source: https://docs.stripe.com/payments/sepa-debit. */
export function startDebit(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  paymentMethod: Stripe.PaymentMethod,
): void {
  const customer = intent.customer as string | null;
  const after = ctx.store.paymentIntents.update(intent.id, {
    last_payment_error: null,
    payment_method: paymentMethod.id,
    status: 'processing',
  });
  schedule(ctx, 'paymentIntents', intent.id, { at: ctx.now(customer) + DEBIT_SECONDS, customer });
  ctx.emit('payment_intent.processing', after);
}

/** Fails a debit that was started. Source: https://docs.stripe.com/payments/payment-intents/verifying-status. */
export function failDebit(ctx: Context, id: string): void {
  const intent = ctx.store.paymentIntents.get(id)!;
  if (intent.status !== 'processing') return;
  const paymentMethod = ctx.store.paymentMethods.get(intent.payment_method as string)!;
  failPayment(ctx, intent, paymentMethod, {
    type: 'invalid_request_error',
    code: 'payment_intent_payment_attempt_failed',
    message: 'The payment failed.',
  });
}
