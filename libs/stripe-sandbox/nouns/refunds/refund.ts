import { isDeepStrictEqual } from 'node:util';
import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { schedule } from '../../due.js';
import { failures, StripeFailure } from '../../http/errors.js';
import { fromPath } from '../../http/lookup.js';
import { mergeMetadata, type MetadataChange } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { formatAmount } from '../../money/currencies.js';
import { newId } from '../../store/ids.js';
import { recordRefund, recordRefundFailure } from '../balance-transactions/balance-transaction.js';
import { bankTransferOf } from '../cash-balance/bank-accounts.js';
import { releaseCharge } from '../charges/charge.js';
import { testCardOf } from '../payment-methods/payment-method.js';
import type { createParams } from './params.js';

/** How long an asynchronous refund takes in the sandbox; Stripe names no time. */
const SETTLEMENT_SECONDS = 10;

/**
 * Refunds a charge, or the rest of it. Source: https://docs.stripe.com/api/refunds/create.
 * @throws StripeFailure 400 if there is nothing to refund, if too little is left, or if the charge was charged back
 */
export function createRefund(ctx: Context, params: Params<typeof createParams>): Stripe.Refund {
  const charge = chargeToRefund(ctx, params);
  requireRefundable(ctx, charge);
  const availableMinor = charge.amount - charge.amount_refunded - pendingRefundsMinor(ctx, charge);
  const { amount = availableMinor, reason = null, metadata } = params;
  if (availableMinor === 0) {
    throw failures.invalidRequest(`Charge ${charge.id} has already been refunded.`, {
      code: 'charge_already_refunded',
    });
  }
  requireAmountAvailable(charge, amount, availableMinor);
  if (!charge.captured) return releaseHold(ctx, charge, params);
  if (ctx.store.settings.isBalanceShort) throw shortBalance();
  const behaviour = refundBehaviour(ctx, charge);
  const { id } = ctx.store.refunds.insert({
    ...buildRefund(charge),
    amount,
    created: ctx.now(charge.customer as string | null),
    metadata: mergeMetadata({}, metadata),
    reason,
    status: behaviour === 'succeeds_later' ? 'pending' : 'succeeded',
    ...(behaviour === 'succeeds_later' && { pending_reason: 'processing' as const }),
  });
  const transaction = recordRefund(ctx, charge, ctx.store.refunds.get(id)!);
  const refund = ctx.store.refunds.update(id, { balance_transaction: transaction.id });
  ctx.emit('refund.created', refund);
  const reported = reason === 'fraudulent' ? reportFraud(ctx, charge) : charge;
  if (refund.status === 'succeeded') changeAmountRefunded(ctx, reported, amount);
  if (behaviour !== 'succeeds') {
    const customer = charge.customer as string | null;
    schedule(ctx, 'refunds', refund.id, { at: refund.created + SETTLEMENT_SECONDS, customer });
  }
  return refund;
}

/** What becomes of a charge's refund; the money of a bank transfer goes back by one. */
function refundBehaviour(ctx: Context, { payment_method, payment_method_details }: Stripe.Charge) {
  if (payment_method_details?.type === 'card') return testCardOf(ctx, payment_method!).refund;
  return payment_method_details?.type === 'customer_balance' ? 'succeeds_later' : 'succeeds';
}

/** Refunds a charge that was made without an intent and holds money, which must be released as a whole. */
function releaseHold(
  ctx: Context,
  charge: Stripe.Charge,
  params: Params<typeof createParams>,
): Stripe.Refund {
  const { amount = charge.amount, reason = null, metadata } = params;
  if (amount < charge.amount) {
    throw failures.invalidRequest('An uncaptured charge can only be refunded completely.', {
      param: 'amount',
    });
  }
  const refund = ctx.store.refunds.insert({
    ...buildRefund(charge),
    amount,
    created: ctx.now(charge.customer as string | null),
    metadata: mergeMetadata({}, metadata),
    reason,
    status: 'succeeded',
  });
  schedule(ctx, 'charges', charge.id, { at: null });
  ctx.emit('refund.created', refund);
  releaseCharge(ctx, charge);
  return refund;
}

/** Makes an asynchronous refund succeed or fail, by its test card. Source: https://docs.stripe.com/testing#refunds. */
export function settleRefund(ctx: Context, id: string): void {
  const before = ctx.store.refunds.get(id)!;
  const charge = ctx.store.charges.get(before.charge as string)!;
  if (before.status === 'pending') {
    const after = ctx.store.refunds.update(id, { pending_reason: undefined, status: 'succeeded' });
    changeAmountRefunded(ctx, charge, before.amount);
    emitUpdated(ctx, after, before);
  } else if (before.status === 'succeeded') {
    const failure = {
      failure_balance_transaction: recordRefundFailure(ctx, charge, before).id,
      failure_reason: 'expired_or_canceled_card',
      status: 'failed',
    };
    const after = ctx.store.refunds.update(id, failure);
    changeAmountRefunded(ctx, charge, -before.amount);
    ctx.emit('refund.failed', after, before);
    emitUpdated(ctx, after, before);
  }
}

/** A refund for fraud reports its charge: https://docs.stripe.com/api/charges/object#charge_object-fraud_details. */
const reportFraud = (ctx: Context, { id, fraud_details }: Stripe.Charge): Stripe.Charge =>
  ctx.store.charges.update(id, { fraud_details: { ...fraud_details, user_report: 'fraudulent' } });

/** Only the metadata can change. Source: https://docs.stripe.com/api/refunds/update. */
export function updateRefund(
  ctx: Context,
  before: Stripe.Refund,
  change: MetadataChange | undefined,
): Stripe.Refund {
  const metadata = mergeMetadata(before.metadata ?? {}, change);
  const after = ctx.store.refunds.update(before.id, { metadata });
  if (!isDeepStrictEqual(after, before)) emitUpdated(ctx, after, before);
  return after;
}

/**
 * Source: https://docs.stripe.com/api/refunds/cancel.
 * @throws StripeFailure 400 for a refund that is not pending
 */
export function cancelRefund(ctx: Context, before: Stripe.Refund): Stripe.Refund {
  if (before.status !== 'pending') throw failures.invalidRequest('Canceling this refund is unsupported.');
  const charge = ctx.store.charges.get(before.charge as string)!;
  const after = ctx.store.refunds.update(before.id, {
    failure_balance_transaction: recordRefundFailure(ctx, charge, before).id,
    pending_reason: undefined,
    status: 'canceled',
  });
  emitUpdated(ctx, after, before);
  return after;
}

/**
 * The charge to refund, named by itself or by its payment intent.
 * @throws StripeFailure 404 for an unknown id, unlike for other parameters, or 400 if the two do not match
 */
function chargeToRefund(
  ctx: Context,
  { charge: chargeId, payment_intent: intentId }: Params<typeof createParams>,
): Stripe.Charge {
  if (chargeId === undefined && intentId === undefined) {
    throw failures.invalidRequest(
      'One of the following params should be provided for this request: payment_intent or charge.',
    );
  }
  const intent = intentId === undefined ? undefined : fromPath(ctx.store.paymentIntents, intentId);
  if (chargeId !== undefined) {
    const charge = fromPath(ctx.store.charges, chargeId);
    if (intent && charge.payment_intent !== intent.id) {
      throw failures.invalidRequest(`Charge ${chargeId} does not belong to PaymentIntent ${intentId}.`, {
        param: 'charge',
      });
    }
    return charge;
  }
  return ctx.store.charges.get(intent!.latest_charge as string) ?? throwNothingToRefund(intentId!);
}

function throwNothingToRefund(intentId: string): never {
  throw failures.invalidRequest(
    `This PaymentIntent (${intentId}) does not have a successful charge to refund.`,
  );
}

function requireRefundable(ctx: Context, charge: Stripe.Charge): void {
  const intentId = charge.payment_intent as string | null;
  const intent = ctx.store.paymentIntents.get(intentId ?? '');
  if (charge.status !== 'succeeded' && !intent) {
    throw failures.invalidRequest(`Charge ${charge.id} has failed, so that there is nothing to refund.`);
  }
  if (charge.status !== 'succeeded' || intent?.status === 'canceled') throwNothingToRefund(intentId!);
  if (!charge.captured && intent) {
    throw failures.invalidRequest(
      `This uncaptured Charge was created by a PaymentIntent (${intentId}). You must cancel the PaymentIntent to reverse the authorization instead of refunding the Charge directly. For more information, see https://stripe.com/docs/payments/place-a-hold-on-a-payment-method`,
    );
  }
  const disputes = [...ctx.store.disputes.newestFirst({ where: { charge: charge.id } })];
  if (disputes.some((dispute) => !dispute.is_charge_refundable)) {
    throw failures.invalidRequest(`Charge ${charge.id} has been charged back; cannot issue a refund.`, {
      code: 'charge_disputed',
    });
  }
}

function requireAmountAvailable(
  { amount, currency }: Stripe.Charge,
  requestedMinor: number,
  availableMinor: number,
): void {
  if (requestedMinor <= availableMinor) return;
  const limit =
    requestedMinor > amount
      ? `charge amount (${formatAmount(amount, currency)})`
      : `unrefunded amount on charge (${formatAmount(availableMinor, currency)})`;
  throw failures.invalidRequest(
    `Refund amount (${formatAmount(requestedMinor, currency)}) is greater than ${limit}`,
    { param: 'amount' },
  );
}

/** Without a code; seen at https://github.com/Automattic/woocommerce-payments/issues/10025. */
const shortBalance = (): StripeFailure =>
  new StripeFailure(400, {
    type: 'invalid_request_error',
    message: 'Insufficient funds in your Stripe balance to refund this amount.',
    message_code: 'insufficient_balance_for_refund',
  });

/** The amount of a charge's pending refunds. */
function pendingRefundsMinor(ctx: Context, charge: Stripe.Charge): number {
  const pending = [...ctx.store.refunds.newestFirst({ where: { charge: charge.id, status: 'pending' } })];
  return pending.reduce((sum, { amount }) => sum + amount, 0);
}

/** Adds a refund to its charge's refunded amount; a negative amount takes a failed one back. */
function changeAmountRefunded(ctx: Context, before: Stripe.Charge, amountMinor: number): void {
  const amount_refunded = before.amount_refunded + amountMinor;
  const refunded = amount_refunded === before.amount;
  const after = ctx.store.charges.update(before.id, { amount_refunded, refunded });
  ctx.emit(amountMinor > 0 ? 'charge.refunded' : 'charge.updated', after, before);
}

function emitUpdated(ctx: Context, after: Stripe.Refund, before: Stripe.Refund): void {
  ctx.emit('refund.updated', after, before);
  ctx.emit('charge.refund.updated', after, before);
}

function buildRefund(
  charge: Stripe.Charge,
): Omit<Stripe.Refund, 'amount' | 'created' | 'metadata' | 'reason' | 'status'> {
  return {
    id: newId('refund'),
    object: 'refund',
    balance_transaction: null,
    charge: charge.id,
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: destinationOf(charge),
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    receipt_number: null,
    source_transfer_reversal: null,
    transfer_reversal: null,
  };
}

const NO_REFERENCE = { reference: null, reference_status: 'pending' };

function destinationOf(charge: Stripe.Charge): Stripe.Refund.DestinationDetails {
  const { currency, payment_method_details } = charge;
  if (payment_method_details?.type === 'card') {
    const card = { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' };
    return { card, type: 'card' };
  }
  const type =
    payment_method_details?.type === 'customer_balance' ? bankTransferOf(currency)!.type : 'eu_bank_transfer';
  return { [type]: NO_REFERENCE, type };
}
