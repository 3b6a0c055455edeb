import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import type { RequestContext } from '#core/request-context.js';
import { idOf } from '#stripe/id-of.js';
import { listAll } from '#stripe/pagination.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import { undefinedIfMissing } from '#stripe/undefined-if-missing.js';
import type { OwnedSubscription } from './owner-subscriptions.js';

/** The metadata key of the operation that was the last to change a subscription. `operation_id` is the one that has started it. */
export const CHANGE_ID = 'paydesk_change_id';

/** https://docs.stripe.com/api/subscriptions/object#subscription_object-status: one that was paid once, and has not ended. */
const RUNNING = new Set<Stripe.Subscription.Status>(['active', 'trialing', 'past_due', 'unpaid', 'paused']);

/** https://docs.stripe.com/api/subscriptions/object#subscription_object-status: those that never change. */
const ENDED = new Set<Stripe.Subscription.Status>(['canceled', 'incomplete_expired']);

/** Calls to Stripe about the subscriptions of customers: https://docs.stripe.com/api/subscriptions */
@Injectable()
export class OwnerSubscriptionsStripe {
  constructor(private readonly stripe: StripeProvider) {}

  /** The running subscriptions of a customer, newest first. */
  async running(context: RequestContext, customer: string): Promise<OwnedSubscription[]> {
    const found = await undefinedIfMissing(
      listAll((page) =>
        this.stripe.read(context, (stripe) => stripe.subscriptions.list({ customer, ...page })),
      ),
    );
    return (found ?? []).filter(({ status }) => RUNNING.has(status)).map(toOwnedSubscription);
  }

  /** Whether a customer has or had any subscription. */
  async hasAny(context: RequestContext, customer: string): Promise<boolean> {
    const found = await undefinedIfMissing(
      this.stripe.read(context, (stripe) => stripe.subscriptions.list({ customer, status: 'all', limit: 1 })),
    );
    return found !== undefined && found.data.length > 0;
  }
}

/** Whether a subscription has ended, which is for good. */
export function hasEnded({ status }: Stripe.Subscription): boolean {
  return ENDED.has(status);
}

/** A subscription as our type. */
export function toOwnedSubscription(subscription: Stripe.Subscription): OwnedSubscription {
  const { id, status, items } = subscription;
  return {
    id,
    customer: idOf(subscription.customer) ?? '',
    isRunning: RUNNING.has(status),
    isActive: status === 'active' || status === 'trialing',
    isTrialing: status === 'trialing',
    isDiscounted: [subscription, ...items.data].some(({ discounts }) => discounts.length > 0),
    cancelAt: subscription.cancel_at,
    cancelAtPeriodEnd: subscription.cancel_at_period_end,
    isPaused: subscription.pause_collection !== null,
    isFree: subscription.pause_collection?.behavior === 'void',
    scheduleId: idOf(subscription.schedule) ?? null,
    changeId: subscription.metadata[CHANGE_ID] ?? null,
    periodStart: Math.max(...items.data.map((item) => item.current_period_start)),
    periodEnd: Math.min(...items.data.map((item) => item.current_period_end)),
    items: items.data.map(({ id: itemId, price, quantity }) => ({
      id: itemId,
      priceId: price.id,
      productId: idOf(price.product) ?? '',
      currency: price.currency,
      quantity: quantity ?? null,
    })),
  };
}
