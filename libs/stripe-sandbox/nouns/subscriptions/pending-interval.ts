import type Stripe from 'stripe';
import { failures } from '../../http/errors.js';
import { periodAt } from './billing-period.js';

type Interval = Stripe.Subscription.PendingInvoiceItemInterval;

/** One year. Source: https://docs.stripe.com/api/subscriptions/create#create_subscription-pending_invoice_item_interval. */
const MAX_COUNTS = { day: 365, week: 52, month: 12, year: 1 };

/**
 * How often a subscription's pending invoice items are billed, from a request.
 * @throws StripeFailure 400 for more than a year
 */
export function readPendingInterval(
  given: { interval: keyof typeof MAX_COUNTS; interval_count?: number } | null | undefined,
  before: Interval | null,
): Interval | null {
  if (!given) return given === null ? null : before;
  const { interval, interval_count = 1 } = given;
  if (interval_count <= MAX_COUNTS[interval]) return { interval, interval_count };
  throw failures.invalidRequest('Invalid `interval_count`: the longest interval is one year.', {
    param: 'pending_invoice_item_interval[interval_count]',
  });
}

/** When pending items are billed next after a moment, counted from the billing cycle's anchor, in Unix seconds. */
export function nextPendingInvoiceAt(
  {
    billing_cycle_anchor,
    pending_invoice_item_interval: interval,
  }: Pick<Stripe.Subscription, 'billing_cycle_anchor' | 'pending_invoice_item_interval'>,
  moment: number,
): number | null {
  return interval && periodAt(billing_cycle_anchor, interval, moment).end;
}
