import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import type { Params } from '../../http/params.js';
import type { LineDraft } from '../invoices/lines.js';
import { amountOf } from '../prices/price.js';
import { isFlexible } from './billing-mode.js';
import { isSameInterval, periodAt } from './billing-period.js';
import { requireFuture } from './anchor.js';
import { inPeriod, itemFields } from './items.js';
import { nextItems } from './next-items.js';
import type { updateParams } from './params.js';
import { prorate } from './proration.js';
import { periodLines } from './subscription.js';
import { endWithoutPaymentMethod, trialEndAfter } from './trial.js';

type ChangeParams = Pick<
  Params<typeof updateParams>,
  'billing_cycle_anchor' | 'items' | 'proration_behavior' | 'proration_date' | 'trial_end' | 'trial_from_plan'
>;

/** The effect of a change of a subscription's items, its trial, or its billing cycle. */
export interface ItemsChange {
  changes: Partial<Stripe.Subscription>;
  /** Whether the change is invoiced at once instead of with the next period. */
  isInvoicedNow: boolean;
  /** The lines of the period that begins with the change, if one does. */
  lines: LineDraft[];
}

/**
 * Changes a subscription's items, the end of its trial, or its billing cycle; undefined if the parameters ask for
 * none of these. Prorations become pending invoice items.
 * Source: https://docs.stripe.com/billing/subscriptions/change-price.
 * @throws StripeFailure 400 for an unknown item, prices that do not go together, or a date outside the period
 */
export function changeItems(
  ctx: Context,
  before: Stripe.Subscription,
  params: ChangeParams,
): ItemsChange | undefined {
  requireWithinPeriod(before, params.proration_date);
  const isTrial = before.status === 'trialing';
  const { proration_behavior: behavior = 'create_prorations' } = params;
  if (params.trial_from_plan && params.trial_end !== undefined) {
    throw failures.exclusive('trial_end', 'trial_from_plan');
  }
  // Ending a trial has no effect without one.
  const givenEnd = params.trial_end === 'now' && !isTrial ? undefined : params.trial_end;
  const asksForReset = params.billing_cycle_anchor?.type === 'now';
  const isUnchanged = params.items === undefined && givenEnd === undefined && !params.trial_from_plan;
  if (isUnchanged && !asksForReset) return undefined;
  const now = ctx.now(before.customer as string);
  const { proration_date: from = now } = params;
  const next = nextItems(ctx, before, params.items ?? [], now);
  const planDays = params.trial_from_plan ? next[0]!.price.recurring!.trial_period_days : null;
  const trialEnd = planDays ? trialEndAfter(now, planDays) : givenEnd;
  const resetsCycle = trialEnd === undefined && (asksForReset || isResetBy(before, next));
  if (!isTrial && behavior !== 'none') {
    const after = resetsCycle || trialEnd !== undefined ? [] : next;
    prorateDifferences(ctx, before.items.data, after, from);
  }
  if (trialEnd !== undefined) return changeTrial(ctx, before, next, trialEnd, now);
  if (!isTrial && resetsCycle) return restartCycle(ctx, before, next, now);
  return {
    changes: { ...itemFields(before.id, next) },
    isInvoicedNow: behavior === 'always_invoice',
    lines: [],
  };
}

/**
 * Whether a change resets the billing cycle without being asked to, which only classic billing mode does.
 * Source: https://docs.stripe.com/billing/subscriptions/billing-mode/compare.
 */
function isResetBy(before: Stripe.Subscription, next: readonly Stripe.SubscriptionItem[]): boolean {
  if (isFlexible(before)) return false;
  const old = before.items.data;
  const isOtherInterval = !isSameInterval(old[0]!.price.recurring!, next[0]!.price.recurring!);
  return isOtherInterval || (!old.some(costsMoney) && next.some(costsMoney));
}

const costsMoney = ({ price, quantity = 1 }: Stripe.SubscriptionItem): boolean =>
  amountOf(price, quantity) > 0;

function requireWithinPeriod({ items }: Stripe.Subscription, date: number | undefined): void {
  const { current_period_start: start, current_period_end: end } = items.data[0]!;
  if (date === undefined || (start <= date && date <= end)) return;
  throw failures.invalidRequest('Cannot specify proration date outside of current subscription period', {
    param: 'proration_date',
  });
}

/** Begins a new billing cycle now, which is invoiced at once. */
function restartCycle(
  ctx: Context,
  before: Stripe.Subscription,
  items: readonly Stripe.SubscriptionItem[],
  now: number,
): ItemsChange {
  const moved = items.map((item) => inPeriod(item, periodAt(now, item.price.recurring!, now)));
  return {
    changes: { billing_cycle_anchor: now, ...itemFields(before.id, moved) },
    isInvoicedNow: true,
    lines: periodLines(ctx, moved),
  };
}

function changeTrial(
  ctx: Context,
  before: Stripe.Subscription,
  items: readonly Stripe.SubscriptionItem[],
  end: number | 'now',
  now: number,
): ItemsChange {
  if (end === 'now') {
    if (endWithoutPaymentMethod(ctx, before)) {
      return {
        changes: { ...itemFields(before.id, [...items]), trial_end: now },
        isInvoicedNow: false,
        lines: [],
      };
    }
    const change = restartCycle(ctx, before, items, now);
    return { ...change, changes: { ...change.changes, status: 'active', trial_end: now } };
  }
  requireFuture(end, now, 'trial_end');
  // In classic billing mode it is always the first trial's.
  const keepsTrialStart = before.status === 'trialing' || !isFlexible(before);
  const moved = items.map((item) => inPeriod(item, { start: item.current_period_start, end }));
  return {
    changes: {
      billing_cycle_anchor: end,
      ...itemFields(before.id, moved),
      status: 'trialing',
      trial_end: end,
      trial_start: before.trial_start !== null && keepsTrialStart ? before.trial_start : now,
    },
    isInvoicedNow: false,
    lines: [],
  };
}

/** Prorates the items that were changed, removed or added. */
function prorateDifferences(
  ctx: Context,
  old: readonly Stripe.SubscriptionItem[],
  next: readonly Stripe.SubscriptionItem[],
  from: number,
): void {
  for (const item of old) {
    const after = next.find(({ id }) => id === item.id);
    const isUnchanged = after?.price.id === item.price.id && after.quantity === item.quantity;
    if (!isUnchanged) prorate(ctx, { before: item, after, from });
  }
  for (const item of next) {
    if (!old.some(({ id }) => id === item.id)) prorate(ctx, { after: item, from });
  }
}
