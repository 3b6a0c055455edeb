import type Stripe from 'stripe';
import { SHOP_TRANSACTION_ID } from './payment-ids.js';
import type { PaymentObject } from './payment-references.stripe.js';
import { subscriptionOf } from './payment-snapshot.stripe.js';
import { type PaymentReport, unpaidStatus } from './payment-status.js';

/**
 * The status of an object for which nothing was paid or tried yet, or of a Charge without a PaymentIntent. Without the
 * status of its subscription.
 */
export function unpaidReport(object: PaymentObject): PaymentReport {
  switch (object.object) {
    case 'charge':
      return {
        ...reportOf(object),
        shopTransactionId: object.metadata[SHOP_TRANSACTION_ID] ?? null,
        amountMinor: object.amount,
        refundedMinor: object.amount_refunded,
      };
    case 'invoice':
      return {
        ...reportOf(object),
        shopTransactionId: object.parent?.subscription_details?.metadata?.[SHOP_TRANSACTION_ID] ?? null,
        amountMinor: object.total,
        subscriptionId: subscriptionOf(object) ?? null,
      };
    case 'subscription':
      return {
        ...reportOf(object),
        shopTransactionId: object.metadata[SHOP_TRANSACTION_ID] ?? null,
        subscriptionId: object.id,
      };
    case 'checkout.session':
    case 'payment_intent':
      throw new Error(`${object.id} is a payment that can be recorded`);
  }
}

function reportOf({
  id,
  object: kind,
  status,
  currency,
}: Stripe.Charge | Stripe.Invoice | Stripe.Subscription): PaymentReport {
  return {
    paymentId: id,
    status: unpaidStatus({ kind, status }),
    shopTransactionId: null,
    amountMinor: 0,
    refundedMinor: 0,
    currency,
    subscriptionId: null,
    subscriptionStatus: null,
  };
}
