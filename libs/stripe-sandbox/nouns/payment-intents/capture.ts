import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { captureCharge, latestChargeOf } from '../charges/charge.js';
import { openDisputes } from '../disputes/dispute.js';
import { unexpectedState, withIntentOnErrors } from '../intents/intent.js';
import { testCardOf } from '../payment-methods/payment-method.js';
import { captureMethodOf } from './fields.js';
import type { captureParams } from './params.js';
import { cancelPaymentIntent } from './payment-intent.js';

type CaptureParams = Params<typeof captureParams>;

/** Cancels an intent whose hold has expired: https://docs.stripe.com/payments/place-a-hold-on-a-payment-method. */
export function releaseExpiredHold(ctx: Context, id: string): void {
  const intent = ctx.store.paymentIntents.get(id)!;
  if (intent.status !== 'requires_capture') return;
  cancelPaymentIntent(ctx, intent, 'automatic');
  ctx.emit('charge.expired', latestChargeOf(ctx, intent));
}

/**
 * Captures the held amount or a part of it. Source: https://docs.stripe.com/api/payment_intents/capture.
 * @throws StripeFailure 400 if nothing is held, or less than the amount
 */
export function capturePaymentIntent(
  ctx: Context,
  before: Stripe.PaymentIntent,
  { amount_to_capture: amountMinor = before.amount_capturable, metadata, ...params }: CaptureParams = {},
): Stripe.PaymentIntent {
  return withIntentOnErrors(before, () => {
    requireCapturable(before, amountMinor);
    const suffix = params.statement_descriptor_suffix;
    const charge = captureCharge(ctx, latestChargeOf(ctx, before), amountMinor, suffix);
    openDisputes(ctx, charge, testCardOf(ctx, before.payment_method as string));
    const after = ctx.store.paymentIntents.update(before.id, {
      amount_capturable: 0,
      amount_received: amountMinor,
      metadata: mergeMetadata(before.metadata, metadata),
      ...(suffix !== undefined && { statement_descriptor_suffix: suffix }),
      status: 'succeeded',
    });
    ctx.emit('payment_intent.succeeded', after);
    return after;
  });
}

function requireCapturable(intent: Stripe.PaymentIntent, amountMinor: number): void {
  const { status, amount_capturable } = intent;
  if (status === 'succeeded') {
    throw unexpectedState(
      intent,
      captureMethodOf(intent) === 'manual'
        ? 'This PaymentIntent could not be captured because it has already been captured.'
        : 'The remaining amount on this PaymentIntent could not be captured because the remainder of the authorized amount has been released.',
    );
  }
  if (status !== 'requires_capture') {
    throw unexpectedState(
      intent,
      `This PaymentIntent could not be captured because it has a status of ${status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`,
    );
  }
  if (amountMinor < 1) throw failures.tooSmall('amount', 1);
  if (amountMinor > amount_capturable) {
    throw failures.invalidRequest(
      'The payment could not be captured because the requested capture amount is greater than the amount you can capture for this charge. Contact us via https://support.stripe.com/contact/ for help.',
      { code: 'amount_too_large' },
    );
  }
}
