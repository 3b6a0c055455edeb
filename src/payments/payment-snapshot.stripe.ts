import type Stripe from 'stripe';
import { idOf } from '#stripe/id-of.js';
import {
  CHECKOUT_STATUSES,
  type CheckoutStatus,
  type PaymentSnapshot,
  type PaymentStage,
} from './payment.js';
import { SHOP_TRANSACTION_ID } from './payment-ids.js';

/** What has to be expanded in a PaymentIntent, so that its card, fee and net amount are known. */
export const EXPANDED_CHARGE = 'latest_charge.balance_transaction';

/** https://docs.stripe.com/payments/paymentintents/lifecycle */
const STAGES: Readonly<Partial<Record<Stripe.PaymentIntent.Status, PaymentStage>>> = {
  requires_action: 'action_required',
  processing: 'processing',
  succeeded: 'succeeded',
  canceled: 'canceled',
};

/** The objects around a PaymentIntent. */
export interface IntentContext {
  session?: Stripe.Checkout.Session | undefined;
  invoice?: Stripe.Invoice | undefined;
}

/** A payment according to its PaymentIntent. */
export function snapshotOfIntent(
  intent: Stripe.PaymentIntent,
  { session, invoice }: IntentContext = {},
): PaymentSnapshot {
  const subscriptionId = subscriptionOf(invoice) ?? idOf(session?.subscription) ?? null;
  return {
    type:
      subscriptionId !== null || session?.mode === 'subscription'
        ? 'subscription'
        : session
          ? 'checkout'
          : 'charge',
    stage: session?.status === 'expired' ? 'expired' : stageOf(intent, session?.status === 'open'),
    checkoutStatus: session ? checkoutStatusOf(session) : null,
    sessionId: session?.id ?? null,
    paymentIntentId: intent.id,
    invoiceId: invoice?.id ?? null,
    subscriptionId,
    customerId: idOf(intent.customer) ?? null,
    shopTransactionId:
      session?.client_reference_id ??
      intent.metadata[SHOP_TRANSACTION_ID] ??
      invoice?.parent?.subscription_details?.metadata?.[SHOP_TRANSACTION_ID] ??
      null,
    amountMinor: amountOf(intent),
    currency: intent.currency,
    createdAt: instantOf((session ?? intent).created),
    ...chargeFields(intent),
  };
}

/** A payment according to its Checkout Session, which has no PaymentIntent yet, or needs none. */
export function snapshotOfSession(session: Stripe.Checkout.Session): PaymentSnapshot {
  return {
    type: session.mode === 'subscription' ? 'subscription' : 'checkout',
    stage: stageOfSession(session),
    checkoutStatus: checkoutStatusOf(session),
    sessionId: session.id,
    paymentIntentId: null,
    chargeId: null,
    invoiceId: idOf(session.invoice) ?? null,
    subscriptionId: idOf(session.subscription) ?? null,
    customerId: idOf(session.customer) ?? null,
    shopTransactionId: session.client_reference_id,
    amountMinor: session.amount_total ?? 0,
    currency: session.currency ?? '',
    feeMinor: null,
    netMinor: null,
    methodType: null,
    cardBrand: null,
    cardLast4: null,
    createdAt: instantOf(session.created),
  };
}

/** Of a payment that was captured in part, what was captured: https://docs.stripe.com/api/payment_intents/object */
export function amountOf({
  status,
  amount,
  amount_received: received,
}: Pick<Stripe.PaymentIntent, 'status' | 'amount' | 'amount_received'>): number {
  return status === 'succeeded' ? received : amount;
}

/** The subscription that an invoice is for. */
export function subscriptionOf(invoice: Stripe.Invoice | undefined): string | undefined {
  return idOf(invoice?.parent?.subscription_details?.subscription);
}

/** The instant of one of Stripe's timestamps, which are in seconds. */
export function instantOf(seconds: number): Date {
  return new Date(seconds * 1000);
}

/** Null is documented for embedded pages only, and a status that Stripe adds later is not final. */
export function checkoutStatusOf({ status }: Stripe.Checkout.Session): CheckoutStatus {
  return CHECKOUT_STATUSES.find((known) => known === status) ?? 'open';
}

/** After a decline, the customer can try another card only while the Checkout page is open. */
function stageOf(
  { status, last_payment_error: error }: Stripe.PaymentIntent,
  isCheckoutOpen: boolean,
): PaymentStage {
  if (status === 'requires_payment_method' && error && !isCheckoutOpen) return 'failed';
  return STAGES[status] ?? 'open';
}

function stageOfSession({ status, payment_status: paymentStatus }: Stripe.Checkout.Session): PaymentStage {
  if (status === 'expired') return 'expired';
  return status === 'complete' && paymentStatus !== 'unpaid' ? 'succeeded' : 'open';
}

type ChargeFields = Pick<
  PaymentSnapshot,
  'chargeId' | 'feeMinor' | 'netMinor' | 'methodType' | 'cardBrand' | 'cardLast4'
>;

function chargeFields({
  currency,
  latest_charge: latest,
  last_payment_error: error,
}: Stripe.PaymentIntent): ChargeFields {
  const charge = typeof latest === 'string' ? null : latest;
  const method = charge?.payment_method_details ?? error?.payment_method;
  // A payment method such as a debit has no card.
  const card = method?.card;
  const settled = charge?.balance_transaction;
  const isKnown = settled && typeof settled === 'object' && settled.currency === currency;
  return {
    chargeId: idOf(latest) ?? null,
    feeMinor: isKnown ? settled.fee : null,
    netMinor: isKnown ? settled.net : null,
    methodType: method?.type ?? null,
    cardBrand: card?.brand ?? null,
    cardLast4: card?.last4 ?? null,
  };
}
