import { randomInt } from 'node:crypto';
import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { addressFrom, type shippingParams } from '../../http/address.js';
import { schedule } from '../../due.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { newId } from '../../store/ids.js';
import { recordCharge } from '../balance-transactions/balance-transaction.js';
import { toCardSource } from '../payment-methods/card-source.js';
import type { Decline } from '../payment-methods/declines.js';
import { testCardOf } from '../payment-methods/payment-method.js';
import type { TestCard } from '../payment-methods/test-card.js';
import type { ChargeAttempt, Payment } from './attempt.js';
import { chargedCard } from './charged-card.js';
import type { updateParams } from './params.js';

/** How long an uncaptured charge holds money: https://docs.stripe.com/payments/place-a-hold-on-a-payment-method. */
export const HOLD_SECONDS = 7 * 24 * 60 * 60;

/** The fields that do not depend on the type of payment method. Source: https://docs.stripe.com/api/charges/object. */
function chargeFields(ctx: Context, intent: Payment, paymentMethod: Stripe.PaymentMethod) {
  const { amount, currency, customer, description, receipt_email, shipping, transfer_group } = intent;
  return {
    object: 'charge',
    amount,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: paymentMethod.billing_details,
    calculated_statement_descriptor: statementDescriptorOf(intent),
    created: ctx.now(customer as string | null),
    currency,
    customer,
    description,
    disputed: false,
    failure_balance_transaction: null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    payment_intent: intent.id,
    payment_method: paymentMethod.id,
    radar_options: {},
    receipt_email,
    receipt_number: null,
    refunded: false,
    review: null,
    shipping,
    source: intent.id === null ? toCardSource(paymentMethod) : null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    transfer_data: null,
    transfer_group,
  } satisfies Partial<Stripe.Charge>;
}

/** The fields of a charge that a bank has approved, but for whether the money has arrived. */
export function approvedByBank(ctx: Context, intent: Payment, paymentMethod: Stripe.PaymentMethod) {
  return {
    ...chargeFields(ctx, intent, paymentMethod),
    id: newId('payment'),
    amount_captured: intent.amount,
    captured: true,
    failure_code: null,
    failure_message: null,
    outcome: bankOutcome('approved_by_network', 'Payment complete.', 'authorized'),
  } satisfies Partial<Stripe.Charge>;
}

/** Where the receipt of a paid charge is. */
export const receiptUrlOf = (ctx: Context, id: string): string => `${ctx.origin}/receipts/payment/${id}`;

/** Creates the charge of an attempt with a card, successful or failed. */
export function createCharge(ctx: Context, attempt: ChargeAttempt): Stripe.Charge {
  const { intent, paymentMethod, decline, isCaptured } = attempt;
  const isPaid = decline === undefined;
  const fields = chargeFields(ctx, intent, paymentMethod);
  const holdEnd = isPaid && !isCaptured ? fields.created + HOLD_SECONDS : undefined;
  const id = newId('charge');
  const charge = ctx.store.charges.insert({
    ...fields,
    id,
    amount_captured: isPaid && isCaptured ? intent.amount : 0,
    captured: isPaid && isCaptured,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    outcome: outcomeOf(testCardOf(ctx, paymentMethod.id), decline),
    paid: isPaid,
    payment_method_details: { card: chargedCard(attempt, holdEnd), type: 'card' },
    receipt_url: isPaid ? receiptUrlOf(ctx, id) : null,
    status: isPaid ? 'succeeded' : 'failed',
  });
  const isPending = charge.captured && attempt.isAsynchronous;
  if (isPending) schedule(ctx, 'charges', charge.id, { at: ctx.now() });
  const settled = charge.captured && !isPending ? withBalanceTransaction(ctx, charge) : charge;
  ctx.emit(isPaid ? 'charge.succeeded' : 'charge.failed', settled);
  return settled;
}

/**
 * Completes an asynchronous capture, which has no balance transaction until then, or releases a hold that has expired.
 * Source: https://docs.stripe.com/payments/payment-intents/asynchronous-capture.
 */
export function advanceCharge(ctx: Context, id: string): void {
  const before = ctx.store.charges.get(id)!;
  if (!before.captured) {
    ctx.emit('charge.expired', releaseCharge(ctx, before));
    return;
  }
  ctx.emit('charge.updated', withBalanceTransaction(ctx, before), before);
}

export const withBalanceTransaction = (ctx: Context, charge: Stripe.Charge): Stripe.Charge =>
  ctx.store.charges.update(charge.id, { balance_transaction: recordCharge(ctx, charge).id });

/** The charge of an intent's latest attempt, which must exist. */
export const latestChargeOf = (ctx: Context, { latest_charge }: Stripe.PaymentIntent): Stripe.Charge =>
  ctx.store.charges.get(latest_charge as string)!;

/**
 * Captures held money and releases the rest. Source: https://docs.stripe.com/api/payment_intents/capture.
 * @param suffix a new one for the statement descriptor
 */
export function captureCharge(
  ctx: Context,
  before: Stripe.Charge,
  amountMinor: number,
  suffix = before.statement_descriptor_suffix,
): Stripe.Charge {
  const { statement_descriptor } = before;
  const captured = ctx.store.charges.update(before.id, {
    amount_captured: amountMinor,
    amount_refunded: before.amount - amountMinor,
    calculated_statement_descriptor: statementDescriptorOf({
      statement_descriptor,
      statement_descriptor_suffix: suffix,
    }),
    captured: true,
    statement_descriptor_suffix: suffix,
  });
  const after = withBalanceTransaction(ctx, captured);
  ctx.emit('charge.captured', after, before);
  return after;
}

/** Releases held money. */
export function releaseCharge(ctx: Context, before: Stripe.Charge): Stripe.Charge {
  const after = ctx.store.charges.update(before.id, { amount_refunded: before.amount, refunded: true });
  ctx.emit('charge.refunded', after, before);
  return after;
}

/**
 * Source: https://docs.stripe.com/api/charges/update.
 * @throws StripeFailure 400 for an unknown customer, or for a charge that has another one
 */
export function updateCharge(
  ctx: Context,
  before: Stripe.Charge,
  { metadata, shipping, fraud_details, ...plain }: Params<typeof updateParams>,
): Stripe.Charge {
  const { customer } = plain;
  if (customer !== undefined) {
    fromParam(ctx.store.customers, customer, 'customer');
    if (before.customer !== null && before.customer !== customer) {
      throw failures.invalidRequest('This charge already has a customer, which cannot be changed.', {
        param: 'customer',
      });
    }
  }
  const after = ctx.store.charges.update(before.id, {
    ...plain,
    ...(shipping && { shipping: shippingFrom(shipping) }),
    ...(fraud_details && { fraud_details: { ...before.fraud_details, ...fraud_details } }),
    metadata: mergeMetadata(before.metadata, metadata),
  });
  ctx.emit('charge.updated', after, before);
  return after;
}

/** The shipping address, as intents and charges store it. */
export function shippingFrom({
  address,
  carrier,
  name,
  phone,
  tracking_number,
}: Params<typeof shippingParams>): Stripe.Charge.Shipping {
  return { address: addressFrom(address), carrier, name, phone, tracking_number };
}

/** The range of Radar's risk scores for each level, the end excluded. */
const RISK_SCORES: Record<TestCard['risk'], [start: number, end: number]> = {
  normal: [0, 65],
  elevated: [65, 75],
  highest: [75, 100],
};

function outcomeOf({ risk }: TestCard, decline: Decline | undefined): Stripe.Charge.Outcome {
  const common = {
    advice_code: decline?.advice_code ?? null,
    network_advice_code: decline?.network_advice_code ?? null,
    network_decline_code: decline?.network_decline_code ?? null,
    risk_level: risk,
    risk_score: randomInt(...RISK_SCORES[risk]),
  };
  if (!decline) {
    return {
      ...common,
      network_status: 'approved_by_network',
      reason: null,
      seller_message: 'Payment complete.',
      type: 'authorized',
    };
  }
  if (decline.outcome === 'blocked') {
    return {
      ...common,
      network_status: 'not_sent_to_network',
      reason: 'highest_risk_level',
      seller_message: 'Stripe blocked this payment as too risky.',
      type: 'blocked',
    };
  }
  const reason = decline.decline_code ?? decline.code;
  return {
    ...common,
    network_status: 'declined_by_network',
    reason,
    seller_message:
      reason === 'generic_decline'
        ? 'The bank did not return any further details with this decline.'
        : `The bank returned the decline code \`${reason}\`.`,
    type: 'issuer_declined',
  };
}

/** What a bank has made of a payment, which nobody assesses for risk. */
export const bankOutcome = (
  network_status: string,
  seller_message: string,
  type: string,
  reason: string | null = null,
): Stripe.Charge.Outcome => ({
  advice_code: null,
  network_advice_code: null,
  network_decline_code: null,
  network_status,
  reason,
  risk_level: 'not_assessed',
  seller_message,
  type,
});

/** What the cardholder's statement shows: the invoice's descriptor, or the account's name with the suffix. */
const statementDescriptorOf = ({
  statement_descriptor: whole,
  statement_descriptor_suffix: suffix,
}: Pick<Stripe.PaymentIntent, 'statement_descriptor' | 'statement_descriptor_suffix'>): string =>
  whole ?? (suffix === null ? 'Stripe' : `Stripe* ${suffix}`);
