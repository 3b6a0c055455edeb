import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { schedule } from '../../due.js';
import { failures } from '../../http/errors.js';
import { latestChargeOf } from '../charges/charge.js';
import { completeDebitCharge, createDebitCharge, failDebitCharge } from '../charges/debit-charge.js';
import { openDebitDispute } from '../disputes/dispute.js';
import { type Authorization, requireMandate } from '../mandates/mandate.js';
import { testAccountOf } from '../payment-methods/sepa-debit.js';
import { failPayment, saveOrUseUp, savedUsage } from './attempt.js';
import { releaseCash } from './transfer.js';

/**
 * Starts a debit, which succeeds or fails later. Source: https://docs.stripe.com/payments/sepa-debit/accept-a-payment.
 * @param authorization of a request; payments that the sandbox itself makes need an earlier mandate
 * @throws StripeFailure 400 if the account holder has not authorized it
 */
export function startDebit(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  paymentMethod: Stripe.PaymentMethod,
  authorization: Authorization | undefined,
): Stripe.PaymentIntent {
  const { amount, currency } = intent;
  const isSaved = savedUsage(intent, paymentMethod) !== null;
  if (isSaved && authorization && !authorization.mandateData) {
    // Seen by others at https://github.com/laravel/cashier-stripe/issues/1515.
    throw failures.invalidRequest(
      'When confirming a PaymentIntent with a `sepa_debit` PaymentMethod and `setup_future_usage`, `mandate_data` is required.',
    );
  }
  const terms = isSaved ? 'multi_use' : { amount, currency };
  const mandate = requireMandate(ctx, paymentMethod, authorization ?? {}, terms);
  releaseCash(ctx, intent);
  saveOrUseUp(ctx, intent, paymentMethod);
  const charge = createDebitCharge(ctx, intent, { paymentMethod, mandate });
  const customer = intent.customer as string | null;
  const after = ctx.store.paymentIntents.update(intent.id, {
    last_payment_error: null,
    latest_charge: charge.id,
    next_action: null,
    payment_method: paymentMethod.id,
    status: 'processing',
  });
  const { seconds } = testAccountOf(ctx, paymentMethod.id);
  schedule(ctx, 'paymentIntents', intent.id, { at: ctx.now(customer) + seconds, customer });
  ctx.emit('payment_intent.processing', after);
  return after;
}

/** Ends a debit that was started, as its test account says. */
export function settleDebit(ctx: Context, id: string): void {
  const intent = ctx.store.paymentIntents.get(id)!;
  if (intent.status !== 'processing') return;
  const paymentMethod = ctx.store.paymentMethods.get(intent.payment_method as string)!;
  const { failure, isDisputed } = testAccountOf(ctx, paymentMethod.id);
  const charge = latestChargeOf(ctx, intent);
  if (failure) {
    const failed = failDebitCharge(ctx, charge, failure);
    const { code, message } = failure;
    failPayment(ctx, intent, paymentMethod, { type: 'invalid_request_error', code, message }, failed);
    return;
  }
  const paid = completeDebitCharge(ctx, charge);
  const after = ctx.store.paymentIntents.update(id, { amount_received: intent.amount, status: 'succeeded' });
  ctx.emit('payment_intent.succeeded', after);
  if (isDisputed) openDebitDispute(ctx, paid);
}
