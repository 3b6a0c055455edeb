import { decimalOf } from './payment-view.js';
import type {
  RecordedSubscription,
  SubscriptionInvoice,
  SubscriptionItem,
  SubscriptionStatus,
} from './subscription-record.js';

/** An item of a subscription as callers see it. */
export interface SubscriptionItemView {
  priceId: string;
  productId: string;
  unitAmount: string | null;
  currency: string;
  quantity: number | null;
  interval: string;
  intervalCount: number;
}

/** An invoice as callers see it. */
export interface InvoiceView {
  id: string;
  status: string | null;
  total: string;
  hostedUrl: string | null;
}

/** A subscription as callers see it, in answers and notifications. Amounts are decimals, instants ISO 8601 in UTC. */
export interface SubscriptionView {
  subscriptionID: string | null;
  paymentID: string | null;
  shopTransactionID: string | null;
  tenant: string | null;
  userId: string | null;
  status: SubscriptionStatus;
  currentPeriodStart: string | null;
  currentPeriodEnd: string | null;
  cancelAt: string | null;
  cancelAtPeriodEnd: boolean;
  endedAt: string | null;
  items: SubscriptionItemView[];
  latestInvoice: InvoiceView | null;
  version: number;
}

/** Shows a subscription of the record to callers. */
export function subscriptionView(subscription: RecordedSubscription): SubscriptionView {
  const { latestInvoice } = subscription;
  return {
    subscriptionID: subscription.subscriptionId,
    paymentID: subscription.paymentId,
    shopTransactionID: subscription.shopTransactionId,
    tenant: subscription.tenant,
    userId: subscription.userId,
    status: subscription.status,
    currentPeriodStart: isoOf(subscription.currentPeriodStart),
    currentPeriodEnd: isoOf(subscription.currentPeriodEnd),
    cancelAt: isoOf(subscription.cancelAt),
    cancelAtPeriodEnd: subscription.cancelAtPeriodEnd,
    endedAt: isoOf(subscription.endedAt),
    items: subscription.items.map(itemView),
    latestInvoice: latestInvoice && invoiceView(latestInvoice),
    version: subscription.version,
  };
}

export function invoiceView({
  id,
  status,
  totalMinor,
  currency,
  hostedUrl,
}: SubscriptionInvoice): InvoiceView {
  return { id, status, total: decimalOf(totalMinor, currency), hostedUrl };
}

function itemView({ unitAmountMinor, ...item }: SubscriptionItem): SubscriptionItemView {
  const { priceId, productId, currency, quantity, interval, intervalCount } = item;
  const unitAmount = unitAmountMinor === null ? null : decimalOf(unitAmountMinor, currency);
  return { priceId, productId, unitAmount, currency, quantity, interval, intervalCount };
}

function isoOf(instant: Date | null): string | null {
  return instant?.toISOString() ?? null;
}
