import {
  type SubscriptionFact,
  type SubscriptionFactSource,
  subscriptionFactsOf,
} from './subscription-facts.js';
import type { InvoiceFailure, SubscriptionInvoice } from './subscription-record.js';
import { mayReport, type SeenEvent, type WithheldFact, withoutOvertaken } from './withheld-facts.js';

/** A fact about a subscription that was read without a notification. */
export interface WithheldSubscriptionFact extends WithheldFact {
  invoice?: SubscriptionInvoice;
}

/** Why a subscription is read. */
export interface SubscriptionReadCause {
  events: readonly SeenEvent[];
  /** Whether callers are notified of what is new, or only of what the events report. */
  notifies: boolean;
  at: Date;
}

/** What to notify callers of now, and what to keep until its event arrives. */
export interface SubscriptionNotices {
  told: SubscriptionFact[];
  withheld: WithheldSubscriptionFact[];
}

/** The kinds of events that report a fact, by the first word of its type. */
const REPORTED_BY: Readonly<Record<string, string>> = {
  subscription: 'customer.subscription.',
  checkout: 'checkout.session.',
  invoice: 'invoice.',
};

/**
 * Decides what callers are notified of when a subscription was read.
 *
 * @param before undefined for a new subscription
 * @param failures what was seen of its invoices
 */
export function subscriptionNoticesOf(
  before: (SubscriptionFactSource & { withheld: readonly WithheldSubscriptionFact[] }) | undefined,
  after: SubscriptionFactSource,
  failures: readonly InvoiceFailure[],
  { events, notifies, at }: SubscriptionReadCause,
): SubscriptionNotices {
  const facts = subscriptionFactsOf(before, after, failures);
  const subject = after.subscriptionId ?? after.sessionId ?? '';
  const fresh = facts.map((fact) => withheldOf(fact, at));
  const earlier = withoutOvertaken(before?.withheld ?? [], fresh);
  const isReported = (fact: WithheldFact) => events.some((event) => reports(event, fact));
  const released = earlier
    .filter(isReported)
    .map(({ type, invoice }) => ({ type, subject, ...(invoice && { invoice }) }));
  return {
    told: [...released, ...(notifies ? facts : [])],
    withheld: [...earlier.filter((fact) => !isReported(fact)), ...(notifies ? [] : fresh)],
  };
}

function reports(event: SeenEvent, fact: WithheldFact): boolean {
  const isNamed = event.type.startsWith(REPORTED_BY[fact.type.split('.')[0] ?? ''] ?? ' ');
  const isSameObject = fact.objectId === undefined || event.objectId === fact.objectId;
  return isNamed && isSameObject && mayReport(event, fact);
}

function withheldOf({ type, invoice }: SubscriptionFact, at: Date): WithheldSubscriptionFact {
  return { type, ...(invoice && { objectId: invoice.id, invoice }), readAt: at.toISOString() };
}
