import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { itemLine, type LineDraft } from '../invoices/lines.js';
import { amountOf } from '../prices/price.js';
import { isFlexible } from './billing-mode.js';
import { costOfSpan, periodAt, type Recurrence, splitByCycle } from './billing-period.js';

/** Source: https://docs.stripe.com/billing/subscriptions/backdating. */
const MAX_LINES = 250;

/**
 * When a subscription began, in Unix seconds.
 * @throws StripeFailure 400 for a time in the future
 */
export function readStartDate(backdated: number | undefined, now: number): number {
  if (backdated === undefined || backdated <= now) return backdated ?? now;
  throw failures.invalidRequest(
    'Invalid timestamp: backdate_start_date must be an integer Unix timestamp in the past.',
    { param: 'backdate_start_date' },
  );
}

/**
 * When the first period of an item begins, in Unix seconds. It is now, or earlier if the subscription is backdated and
 * its billing cycle has an anchor of its own: in flexible billing mode the period of that cycle, in classic billing
 * mode all the time before the anchor.
 */
export function firstPeriodStart(
  subscription: Pick<Stripe.Subscription, 'billing_mode' | 'start_date'>,
  { anchor, now, recurrence }: { anchor: number | undefined; now: number; recurrence: Recurrence },
): number {
  const { start_date } = subscription;
  if (anchor === undefined) return now;
  if (!isFlexible(subscription)) return start_date;
  return Math.max(start_date, periodAt(anchor, recurrence, now).start);
}

/**
 * The lines for the time before the items' current periods: in flexible billing mode one for each period of the
 * billing cycle; in classic billing mode a single one, prorated by intervals that begin at the start date.
 * Source: https://docs.stripe.com/billing/subscriptions/backdating.
 * @throws StripeFailure 400 for more lines than an invoice takes; nothing is stored then
 */
export function backdatedLines(ctx: Context, subscription: Stripe.Subscription): LineDraft[] {
  const { billing_cycle_anchor, items, start_date } = subscription;
  const lines = items.data.flatMap((item) => {
    const amountMinor = amountOf(item.price, item.quantity ?? 1);
    const elapsed = { start: start_date, end: item.current_period_start };
    if (elapsed.start >= elapsed.end) return [];
    const { recurring } = item.price;
    const spans = isFlexible(subscription)
      ? splitByCycle(billing_cycle_anchor, recurring!, elapsed).map(({ span }) => span)
      : [elapsed];
    const origin = isFlexible(subscription) ? billing_cycle_anchor : start_date;
    return spans.map((span) => {
      const past = { ...item, current_period_start: span.start, current_period_end: span.end };
      return itemLine(ctx, past, costOfSpan(amountMinor, origin, recurring!, span));
    });
  });
  if (lines.length + items.data.length <= MAX_LINES) return lines;
  ctx.store.rollback();
  throw failures.invalidRequest(`An invoice cannot have more than ${MAX_LINES} line items.`, {
    param: 'backdate_start_date',
  });
}
