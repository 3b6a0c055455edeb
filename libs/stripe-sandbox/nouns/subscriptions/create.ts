import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import type { Params } from '../../http/params.js';
import { readOlderRedemptions, readRedemptions, type Redemption } from '../discounts/redemption.js';
import { anchorConfigFrom, readAnchor, requireFuture } from './anchor.js';
import { readStartDate } from './backdating.js';
import { type ItemDraft, readItems } from './items.js';
import { readOneTimeItems } from './one-time-items.js';
import type { createParams } from './params.js';
import { NEW_SETTINGS, settingsFrom } from './settings.js';
import { startSubscription } from './start.js';
import { requireSubscriber } from './subscription.js';
import { trialEndAfter } from './trial.js';

/**
 * Creates a subscription from the parameters of a request. Source: https://docs.stripe.com/api/subscriptions/create.
 * @throws StripeFailure as `startSubscription`, and 400 for parameters that do not go together
 */
export function createSubscription(ctx: Context, params: Params<typeof createParams>): Stripe.Subscription {
  const items = readItems(ctx, params.items, params.customer);
  if (items.length === 0) throw failures.missing('items');
  const currency = requireCurrency(params, items[0]!.price.currency);
  const { id: customer } = requireSubscriber(ctx, params.customer, currency);
  if (params.cancel_at !== undefined && params.cancel_at_period_end) {
    throw failures.exclusive('cancel_at', 'cancel_at_period_end');
  }
  const now = ctx.now(customer);
  if (typeof params.cancel_at === 'number') requireFuture(params.cancel_at, now, 'cancel_at');
  return startSubscription(ctx, {
    customer,
    items,
    oneTimeItems: readOneTimeItems(ctx, params.add_invoice_items, currency),
    behavior: params.payment_behavior ?? 'allow_incomplete',
    billing_mode: params.billing_mode,
    offSession: params.off_session,
    description: params.description ?? null,
    metadata: params.metadata,
    redemptions: redemptionsFrom(ctx, params, currency),
    startDate: readStartDate(params.backdate_start_date, now),
    trialEnd: readTrialEnd(params, items, now),
    anchor: readAnchor(
      params,
      items.map(({ price }) => price.recurring!),
      now,
    ),
    anchorConfig: anchorConfigFrom(params),
    prorates: params.proration_behavior !== 'none',
    cancel_at: params.cancel_at ?? null,
    cancel_at_period_end: params.cancel_at_period_end,
    settings: settingsFrom(ctx, params, customer, NEW_SETTINGS),
  });
}

/** The redemptions that a request asks for, in today's or the older parameters. */
function redemptionsFrom(
  ctx: Context,
  params: Params<typeof createParams>,
  currency: string,
): Redemption[] | undefined {
  const redeemer = { customer: params.customer, currency };
  return readRedemptions(ctx, params.discounts, redeemer) ?? readOlderRedemptions(ctx, params, redeemer);
}

/** @throws StripeFailure 400 for a currency that is not the prices' */
function requireCurrency({ currency }: Params<typeof createParams>, ofPrices: string): string {
  if (currency === undefined || currency === ofPrices) return ofPrices;
  throw failures.invalidRequest(
    `The price specified only supports \`${ofPrices}\`. This doesn't match the expected currency: \`${currency}\`.`,
    { param: 'currency' },
  );
}

function readTrialEnd(
  { trial_end, trial_from_plan, trial_period_days }: Params<typeof createParams>,
  items: readonly ItemDraft[],
  now: number,
): number | null {
  if (trial_from_plan && trial_end !== undefined) throw failures.exclusive('trial_end', 'trial_from_plan');
  if (trial_end !== undefined && trial_period_days !== undefined) {
    throw failures.exclusive('trial_end', 'trial_period_days');
  }
  if (trial_period_days) return trialEndAfter(now, trial_period_days);
  if (trial_from_plan && trial_period_days === undefined) {
    const days = items[0]!.price.recurring?.trial_period_days;
    return days ? trialEndAfter(now, days) : null;
  }
  if (trial_end === undefined || trial_end === 'now') return null;
  requireFuture(trial_end, now, 'trial_end');
  return trial_end;
}
