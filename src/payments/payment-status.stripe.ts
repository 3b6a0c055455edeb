import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { StripeProvider } from '#stripe/stripe.provider.js';
import { SHOP_TRANSACTION_ID } from './payment-ids.js';
import type { PaymentObject } from './payment-references.stripe.js';
import { subscriptionOf } from './payment-snapshot.stripe.js';
import { type PaymentReport, unpaidStatus } from './payment-status.js';
import type { SubscriptionStatus } from './subscription-record.js';

/** https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses; a status that is added later is PENDING. */
const SUBSCRIPTION_STATUS: Readonly<Record<string, SubscriptionStatus>> = {
  trialing: 'ACTIVE',
  active: 'ACTIVE',
  past_due: 'PAST_DUE',
  unpaid: 'PAST_DUE',
  paused: 'PAST_DUE',
  incomplete_expired: 'EXPIRED',
  canceled: 'CANCELED',
};

/** Reads from Stripe what the record does not have about the status of a payment. */
@Injectable()
export class PaymentStatusStripe {
  constructor(private readonly stripe: StripeProvider) {}

  /** The status of an object for which nothing was paid or tried yet, or of a Charge without a PaymentIntent. */
  async report(object: PaymentObject): Promise<PaymentReport> {
    switch (object.object) {
      case 'charge':
        return {
          ...reportOf(object),
          shopTransactionId: object.metadata[SHOP_TRANSACTION_ID] ?? null,
          amountMinor: object.amount,
          refundedMinor: object.amount_refunded,
        };
      case 'invoice': {
        const subscriptionId = subscriptionOf(object) ?? null;
        return {
          ...reportOf(object),
          shopTransactionId: object.parent?.subscription_details?.metadata?.[SHOP_TRANSACTION_ID] ?? null,
          amountMinor: object.total,
          subscriptionId,
          subscriptionStatus: subscriptionId === null ? null : await this.subscriptionStatus(subscriptionId),
        };
      }
      case 'subscription':
        return {
          ...reportOf(object),
          shopTransactionId: object.metadata[SHOP_TRANSACTION_ID] ?? null,
          subscriptionId: object.id,
          subscriptionStatus: statusOfSubscription(object),
        };
      default:
        throw new Error(`${object.id} is a payment that can be recorded`);
    }
  }

  /** The status of a subscription. */
  async subscriptionStatus(id: string): Promise<SubscriptionStatus> {
    return statusOfSubscription(await this.stripe.read((stripe) => stripe.subscriptions.retrieve(id)));
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

function statusOfSubscription({ status }: Stripe.Subscription): SubscriptionStatus {
  return SUBSCRIPTION_STATUS[status] ?? 'PENDING';
}
