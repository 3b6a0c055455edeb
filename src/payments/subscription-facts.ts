import type { NotificationType } from '../notifications/notification-types.js';
import type { InvoiceFailure, RecordedSubscription, SubscriptionInvoice } from './subscription-record.js';

/** What has become of a subscription, to notify callers of. */
export interface SubscriptionFact {
  type: NotificationType;
  /** The subscription; while it does not exist, its Checkout Session. */
  subject: string;
  invoice?: SubscriptionInvoice;
}

/** The parts of a subscription that decide what there is to notify of. */
export type SubscriptionFactSource = Pick<
  RecordedSubscription,
  'status' | 'checkoutStatus' | 'sessionId' | 'subscriptionId' | 'failedAttempts'
>;

/**
 * What happened to a subscription between two versions of its record.
 *
 * @param before undefined for a new subscription
 * @param failures what was seen of its invoices
 */
export function subscriptionFactsOf(
  before: SubscriptionFactSource | undefined,
  after: SubscriptionFactSource,
  failures: readonly InvoiceFailure[],
): SubscriptionFact[] {
  const subject = after.subscriptionId ?? after.sessionId;
  if (subject === null) throw new Error('a subscription has at least one object at Stripe');
  return [
    ...checkoutFacts(before, after).map((type) => ({ type, subject })),
    ...newFailures(before, failures).map(({ invoice }) => ({
      type: 'invoice.payment_failed' as const,
      subject,
      invoice,
    })),
    ...statusFacts(before, after).map((type) => ({ type, subject })),
  ];
}

/** Failed attempts that no notification has reported yet. */
function newFailures(
  before: SubscriptionFactSource | undefined,
  failures: readonly InvoiceFailure[],
): InvoiceFailure[] {
  return failures.filter(({ invoice, attempt }) => before?.failedAttempts[invoice.id] !== attempt);
}

function checkoutFacts(
  before: SubscriptionFactSource | undefined,
  { checkoutStatus }: SubscriptionFactSource,
): NotificationType[] {
  if (checkoutStatus === null || checkoutStatus === before?.checkoutStatus) return [];
  if (checkoutStatus === 'open') return [];
  return [checkoutStatus === 'complete' ? 'checkout.completed' : 'checkout.expired'];
}

/** A subscription that has ended does not start again: https://docs.stripe.com/billing/subscriptions/overview */
function statusFacts(
  before: SubscriptionFactSource | undefined,
  after: SubscriptionFactSource,
): NotificationType[] {
  if (before?.status === after.status) return [];
  switch (after.status) {
    case 'ACTIVE':
      return [before?.status === 'PAST_DUE' ? 'subscription.recovered' : 'subscription.active'];
    case 'PAST_DUE':
      return ['subscription.past_due'];
    case 'CANCELED':
      return ['subscription.canceled'];
    case 'PENDING':
    case 'EXPIRED':
      return [];
  }
}
