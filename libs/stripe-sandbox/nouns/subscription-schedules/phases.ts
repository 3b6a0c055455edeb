import { DateTime } from 'luxon';
import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { requireOwnPaymentMethod } from '../payment-methods/payment-method.js';
import { insertPrice } from '../prices/price.js';
import { readItems } from '../subscriptions/items.js';
import type { createParams } from './params.js';

export type Phase = Stripe.SubscriptionSchedule.Phase;
export type PhaseParams = NonNullable<Params<typeof createParams>['phases']>[number];

/**
 * The phases of a schedule, each of which begins when the one before it ends.
 * Source: https://docs.stripe.com/billing/subscriptions/subscription-schedules.
 * @param start when the first one begins, in Unix seconds
 * @param kept prices that the schedule has already, which may be inactive: those of `price_data` are
 * @throws StripeFailure 400 for bad items, or dates that do not follow each other
 */
export function readPhases(
  ctx: Context,
  given: readonly PhaseParams[],
  { customer, start, kept = new Set() }: { customer: string; start: number; kept?: ReadonlySet<string> },
): Phase[] {
  if (given.length === 0) throw failures.missing('phases');
  const now = ctx.now(customer);
  const phases: Phase[] = [];
  for (const [index, params] of given.entries()) {
    const param = `phases[${index}]`;
    const expected = phases.at(-1)?.end_date ?? start;
    const start_date = params.start_date === 'now' ? now : (params.start_date ?? expected);
    if (start_date !== expected) {
      throw failures.invalidRequest('Each phase must begin when the phase before it ends.', {
        param: `${param}[start_date]`,
      });
    }
    phases.push(phaseFrom(ctx, params, { customer, start_date, now, param, kept }));
  }
  return phases;
}

function phaseFrom(
  ctx: Context,
  params: PhaseParams,
  {
    customer,
    start_date,
    now,
    param,
    kept,
  }: { customer: string; start_date: number; now: number; param: string; kept: ReadonlySet<string> },
): Phase {
  const drafts = readItems(ctx, params.items, customer, kept);
  if (drafts.length === 0) throw failures.missing(`${param}[items]`);
  const prices = drafts.map(({ price }) => ('id' in price ? price : insertPrice(ctx, price)));
  const items = prices.map((price, index) => ({
    ...drafts[index]!,
    billing_thresholds: null,
    discounts: [],
    plan: price.id,
    price: price.id,
    tax_rates: [],
  }));
  const end_date = endOf(params, start_date, prices[0]!.recurring!, now);
  if (end_date <= start_date) {
    throw failures.invalidRequest('A phase must end after it begins.', { param: `${param}[end_date]` });
  }
  const {
    default_payment_method: card,
    description = null,
    proration_behavior = 'create_prorations',
  } = params;
  return {
    ...UNUSED,
    currency: prices[0]!.currency,
    default_payment_method: requireOwnPaymentMethod(ctx, customer, card, `${param}[default_payment_method]`),
    description,
    end_date,
    items,
    metadata: mergeMetadata({}, params.metadata),
    proration_behavior,
    start_date,
  };
}

function endOf(
  { duration, end_date, iterations }: PhaseParams,
  start: number,
  price: { interval: string; interval_count: number },
  now: number,
): number {
  if (end_date !== undefined) return end_date === 'now' ? now : end_date;
  const { interval, interval_count = 1 } = duration ?? price;
  const count = duration ? interval_count : interval_count * (iterations ?? 1);
  return DateTime.fromSeconds(start, { zone: 'utc' })
    .plus({ [`${interval}s`]: count })
    .toUnixInteger();
}

/** The phase of a subscription's current period. */
export function phaseOf(subscription: Stripe.Subscription): Phase {
  const [first] = subscription.items.data;
  return {
    ...UNUSED,
    currency: subscription.currency,
    default_payment_method: null,
    description: null,
    discounts: subscription.discounts.map(discountOf),
    end_date: first!.current_period_end,
    items: subscription.items.data.map(({ discounts, metadata, price, quantity = 1 }) => ({
      billing_thresholds: null,
      discounts: discounts.map(discountOf),
      metadata,
      plan: price.id,
      price: price.id,
      quantity,
      tax_rates: [],
    })),
    metadata: {},
    proration_behavior: 'create_prorations',
    start_date: first!.current_period_start,
  };
}

const discountOf = (discount: string | Stripe.Discount): Stripe.SubscriptionSchedule.Phase.Discount => ({
  coupon: null,
  discount,
  promotion_code: null,
});

/** Fields of Stripe's phases that the sandbox does not use. */
const UNUSED = {
  add_invoice_items: [],
  application_fee_percent: null,
  billing_cycle_anchor: null,
  billing_thresholds: null,
  collection_method: null,
  default_tax_rates: [],
  discounts: [],
  invoice_settings: null,
  on_behalf_of: null,
  transfer_data: null,
  trial_end: null,
} satisfies Partial<Phase>;
