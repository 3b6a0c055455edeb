import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { schedule } from '../../due.js';
import { failures, StripeFailure } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { requireChargeable } from '../../money/amount-limits.js';
import { openDisputes } from '../disputes/dispute.js';
import { isSource } from '../payment-methods/card-source.js';
import { cardError, declines } from '../payment-methods/declines.js';
import { checkCard, createCard, testCardOf } from '../payment-methods/payment-method.js';
import { captureCharge, createCharge, HOLD_SECONDS, shippingFrom } from './charge.js';
import type { captureParams, createParams } from './params.js';

type CreateParams = Params<typeof createParams>;

/**
 * Charges a card without a payment intent, as it was done before them: a token, or a source of a customer. Nobody can
 * authenticate. Source: https://docs.stripe.com/api/charges/create.
 * @throws StripeFailure 400 for an unknown token or customer, 402 for a decline, which leaves its failed charge, or for a
 *   customer without that source
 */
export function createDirectCharge(ctx: Context, params: CreateParams): Stripe.Charge {
  const { amount, currency, capture = true, customer = null } = params;
  requireChargeable(amount, currency);
  const paymentMethod = checkCard(ctx, cardToCharge(ctx, params));
  const card = testCardOf(ctx, paymentMethod.id);
  const needsAuthentication = card.authentication !== 'never' && card.authentication !== 'already_set_up';
  const decline = card.decline ?? (needsAuthentication ? declines.authenticationRequired : undefined);
  const charge = createCharge(ctx, {
    intent: {
      id: null,
      amount,
      currency,
      customer,
      description: params.description ?? null,
      metadata: mergeMetadata({}, params.metadata),
      receipt_email: params.receipt_email ?? null,
      shipping: params.shipping ? shippingFrom(params.shipping) : null,
      statement_descriptor: params.statement_descriptor ?? null,
      statement_descriptor_suffix: params.statement_descriptor_suffix ?? null,
      transfer_group: params.transfer_group ?? null,
    },
    paymentMethod,
    isCaptured: capture,
    isAsynchronous: false,
    decline,
  });
  if (decline) throw new StripeFailure(402, { ...cardError(decline), charge: charge.id });
  if (capture) openDisputes(ctx, charge, card);
  else schedule(ctx, 'charges', charge.id, { at: charge.created + HOLD_SECONDS, customer });
  return ctx.store.charges.get(charge.id)!;
}

/** The token's card, the source of the customer, or the customer's default source. */
function cardToCharge(ctx: Context, { customer: id, source }: CreateParams): Stripe.PaymentMethod {
  if (id === undefined) {
    if (source === undefined) throw failures.invalidRequest('Must provide source or customer.');
    return createCard(ctx, source, 'source');
  }
  const { default_source } = fromParam(ctx.store.customers, id, 'customer');
  const named = source ?? (default_source as string | null);
  const card = ctx.store.paymentMethods.get(named ?? '');
  if (card?.customer === id && isSource(card)) return card;
  throw new StripeFailure(402, {
    type: 'card_error',
    code: 'missing',
    message:
      source === undefined
        ? 'Cannot charge a customer that has no active card'
        : `Customer ${id} does not have card with ID ${source}`,
    param: 'card',
  });
}

/**
 * Captures a charge that holds money, or a part of it. Source: https://docs.stripe.com/api/charges/capture.
 * @throws StripeFailure 400 for one of a payment intent, one that holds nothing any more, or too large an amount
 */
export function captureDirectCharge(
  ctx: Context,
  before: Stripe.Charge,
  { amount = before.amount, statement_descriptor_suffix, ...params }: Params<typeof captureParams>,
): Stripe.Charge {
  if (before.payment_intent !== null) {
    throw failures.invalidRequest(
      `This charge was created by a PaymentIntent (${before.payment_intent as string}), with which it must be captured.`,
    );
  }
  if (before.captured) {
    throw failures.invalidRequest(`Charge ${before.id} has already been captured.`, {
      code: 'charge_already_captured',
    });
  }
  if (before.refunded || before.status !== 'succeeded') {
    throw failures.invalidRequest(`Charge ${before.id} holds no money that could be captured.`, {
      code: 'charge_expired_for_capture',
    });
  }
  if (amount < 1) throw failures.tooSmall('amount', 1);
  if (amount > before.amount)
    throw failures.invalidRequest('Amount cannot be greater than the charge.', { param: 'amount' });
  schedule(ctx, 'charges', before.id, { at: null });
  ctx.store.charges.update(before.id, {
    ...(params.receipt_email !== undefined && { receipt_email: params.receipt_email }),
    ...(params.transfer_group !== undefined && { transfer_group: params.transfer_group }),
  });
  const charge = captureCharge(ctx, ctx.store.charges.get(before.id)!, amount, statement_descriptor_suffix);
  openDisputes(ctx, charge, testCardOf(ctx, charge.payment_method!));
  return ctx.store.charges.get(charge.id)!;
}
