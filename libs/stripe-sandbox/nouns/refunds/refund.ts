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
import { bankAccountRequest, requireEmail } from './bank-account-request.js';
import type { createParams } from './params.js';

/** How long each step of an asynchronous refund takes in the sandbox; Stripe names no time. */
const STEP_SECONDS = 10;

/** Refunds in these have taken the money from the account's balance, but not given it to the customer. */
const UNFINISHED: ReadonlySet<string | null> = new Set(['pending', 'requires_action']);

/**
 * Refunds a charge, or the rest of it. Source: https://docs.stripe.com/api/refunds/create.
 * @throws StripeFailure 400 if there is nothing to refund, if too little is left, if the charge was charged back, or if there
 *   is no email address to ask for the bank account of a bank transfer
 */
export function createRefund(ctx: Context, params: Params<typeof createParams>): Stripe.Refund {
  const charge = chargeToRefund(ctx, params);
  requireRefundable(ctx, charge);
  const availableMinor = charge.amount - charge.amount_refunded - unfinishedRefundsMinor(ctx, charge);
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
  const created = ctx.now(charge.customer as string | null);
  const instructions_email =
    behaviour === 'asks_for_account' ? requireEmail(ctx, charge, params) : params.instructions_email;
  const { id } = ctx.store.refunds.insert({
    ...buildRefund(charge),
    amount,
    created,
    instructions_email,
    metadata: mergeMetadata({}, metadata),
    reason,
    status: 'succeeded',
    ...(behaviour === 'succeeds_later' && PROCESSING),
    ...(behaviour === 'asks_for_account' && bankAccountRequest(instructions_email!, created)),
  });
  const transaction = recordRefund(ctx, charge, ctx.store.refunds.get(id)!);
  const refund = ctx.store.refunds.update(id, { balance_transaction: transaction.id });
  ctx.emit('refund.created', refund);
  const reported = reason === 'fraudulent' ? reportFraud(ctx, charge) : charge;
  if (refund.status === 'succeeded') changeAmountRefunded(ctx, reported, amount);
  if (behaviour !== 'succeeds') scheduleStep(ctx, refund, refund.created);
  return refund;
}

const PROCESSING = { pending_reason: 'processing', status: 'pending' } as const;

/** What becomes of a charge's refund; the money of a bank transfer goes back by one. */
function refundBehaviour(ctx: Context, { payment_method, payment_method_details }: Stripe.Charge) {
  if (payment_method_details?.type === 'card') return testCardOf(ctx, payment_method!).refund;
  return payment_method_details?.type === 'customer_balance' ? 'asks_for_account' : 'succeeds';
}

function scheduleStep(ctx: Context, { id, customer }: Stripe.Refund, atSeconds: number): void {
  schedule(ctx, 'refunds', id, { at: atSeconds + STEP_SECONDS, customer: customer as string | null });
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

/**
 * Takes the next step of an asynchronous refund: a customer has named the bank account, the money has arrived, or the bank
 * has refused it. Source: https://docs.stripe.com/testing#refunds.
 */
export function advanceRefund(ctx: Context, id: string): void {
  const before = ctx.store.refunds.get(id)!;
  const charge = ctx.store.charges.get(before.charge as string)!;
  if (before.status === 'requires_action') {
    const after = ctx.store.refunds.update(id, { ...PROCESSING, next_action: undefined });
    scheduleStep(ctx, after, ctx.now(after.customer as string | null));
    emitUpdated(ctx, after, before);
  } else if (before.status === 'pending') {
    const after = ctx.store.refunds.update(id, { pending_reason: undefined, status: 'succeeded' });
    changeAmountRefunded(ctx, charge, before.amount);
    emitUpdated(ctx, after, before);
  } else if (before.status === 'succeeded') {
    changeAmountRefunded(ctx, charge, -before.amount);
    fail(ctx, before, 'expired_or_canceled_card');
  }
}

/**
 * The customer has named no bank account in time. Stripe's page about it says in its table of statuses that the refund
 * becomes `failed`, with `refund.failed`, and that the money has to be returned outside of Stripe. A sentence before that table
 * says that it is canceled and the money returns to the cash balance, which can't both be; the table is followed.
 * Source: https://docs.stripe.com/payments/customer-balance/refunding.
 * @throws StripeFailure 400 for a refund that does not wait for one
 */
export function expireRefund(ctx: Context, before: Stripe.Refund): Stripe.Refund {
  if (before.status !== 'requires_action')
    throw failures.invalidRequest('Expiring this refund is unsupported.');
  return fail(ctx, before, 'unknown');
}

function fail(ctx: Context, before: Stripe.Refund, failure_reason: string): Stripe.Refund {
  const after = end(ctx, before, { failure_reason, status: 'failed' });
  ctx.emit('refund.failed', after, before);
  emitUpdated(ctx, after, before);
  return after;
}

/** Ends a refund without success: its money returns to the account's balance. */
function end(ctx: Context, before: Stripe.Refund, changes: Partial<Stripe.Refund>): Stripe.Refund {
  const charge = ctx.store.charges.get(before.charge as string)!;
  schedule(ctx, 'refunds', before.id, { at: null });
  return ctx.store.refunds.update(before.id, {
    failure_balance_transaction: recordRefundFailure(ctx, charge, before).id,
    next_action: undefined,
    ...changes,
  });
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
 * @throws StripeFailure 400 for a refund that does not wait for the customer
 */
export function cancelRefund(ctx: Context, before: Stripe.Refund): Stripe.Refund {
  if (before.status !== 'requires_action') {
    throw failures.invalidRequest('Canceling this refund is unsupported.');
  }
  const after = end(ctx, before, { status: 'canceled' });
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

/** The amount of a charge's refunds that have not arrived yet. */
function unfinishedRefundsMinor(ctx: Context, { id: charge }: Stripe.Charge): number {
  return [...ctx.store.refunds.newestFirst({ where: { charge } })]
    .filter(({ status }) => UNFINISHED.has(status))
    .reduce((sum, { amount }) => sum + amount, 0);
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
