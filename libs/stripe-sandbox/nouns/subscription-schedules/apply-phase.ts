import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { isSameInterval } from '../subscriptions/billing-period.js';
import { lastPeriodEnd } from '../subscriptions/subscription.js';
import { updateSubscription } from '../subscriptions/update.js';
import type { Phase } from './phases.js';

type ItemChange = { id?: string; price?: string; quantity?: number; deleted?: boolean };
type Behavior = 'always_invoice' | 'create_prorations' | 'none';

/**
 * Makes a subscription what a phase says. At the end of a period there is nothing to prorate; what can't wait for the
 * renewal then, another interval or more items, begins a new period.
 */
export function applyPhase(
  ctx: Context,
  before: Stripe.Subscription,
  phase: Phase,
  behavior = phase.proration_behavior as Behavior,
): Stripe.Subscription {
  const isBoundary = lastPeriodEnd(before) <= ctx.now(before.customer as string);
  const items = itemChanges(before, phase);
  const isChanged = items.some((item) => item.deleted || isDifferent(before, item));
  const startsAnew = isBoundary && needsNewPeriod(ctx, before, phase);
  const { default_payment_method, description, metadata } = phase;
  return updateSubscription(ctx, before, {
    ...(isChanged && { items }),
    ...(default_payment_method !== null && { default_payment_method: default_payment_method as string }),
    ...(description !== null && { description }),
    metadata: metadata ?? {},
    proration_behavior: isBoundary ? 'none' : behavior,
    ...(startsAnew && { billing_cycle_anchor: { type: 'now' as const } }),
  });
}

/** The items of a phase take the place of the subscription's: those with the same price, then the others in order. */
function itemChanges({ items }: Stripe.Subscription, phase: Phase): ItemChange[] {
  const free = [...items.data];
  const claim = (index: number): string | undefined => (index < 0 ? undefined : free.splice(index, 1)[0]?.id);
  const kept = phase.items.map(({ price }) => claim(free.findIndex((item) => item.price.id === price)));
  const changed = phase.items.map(({ price, quantity = 1 }, index) => {
    const id = kept[index] ?? claim(free.length > 0 ? 0 : -1);
    return { ...(id !== undefined && { id }), price: price as string, quantity };
  });
  return [...changed, ...free.map(({ id }) => ({ id, deleted: true }))];
}

function isDifferent({ items }: Stripe.Subscription, { id, price, quantity }: ItemChange): boolean {
  const item = items.data.find((each) => each.id === id);
  return item?.price.id !== price || item?.quantity !== quantity;
}

function needsNewPeriod({ store }: Context, { items }: Stripe.Subscription, phase: Phase): boolean {
  const old = items.data[0]!.price.recurring!;
  const isOther = phase.items.some(
    ({ price }) => !isSameInterval(old, store.prices.get(price as string)!.recurring!),
  );
  return isOther || phase.items.length > items.data.length;
}
