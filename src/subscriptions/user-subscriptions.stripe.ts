import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import type { RequestContext } from '#core/request-context.js';
import { idOf } from '#stripe/id-of.js';
import { invalidStateIfUnclassified } from '#stripe/invalid-state.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import { undefinedIfMissing } from '#stripe/undefined-if-missing.js';
import type { OwnedSubscription } from '../customers/owner-subscriptions.js';
import { toOwnedSubscription } from '../customers/owner-subscriptions.stripe.js';
import { type ItemsChange, PRORATION_BEHAVIORS } from './invoice-previews.stripe.js';
import { type Proof, proofOf, type TracedUpdate, tracedUpdate } from './traced-update.stripe.js';

/** A change of a subscription; without an update there is nothing to change. */
export interface UpdatePlan extends Pick<TracedUpdate, 'previousChangeId'> {
  subscription: string;
  update: Stripe.SubscriptionUpdateParams | null;
}

/** A change of a subscription's end. */
export interface EndPlan extends UpdatePlan {
  /** Earlier versions read it. */
  end: 'endOfPeriod' | 'none';
}

/** The start or end of a pause, in which no invoice is collected. */
export interface PausePlan extends UpdatePlan {
  /** Earlier versions read it. */
  isPaused: boolean;
}

/** The billing period of a Price. */
export interface Recurrence {
  interval: 'day' | 'week' | 'month' | 'year';
  intervalCount: number;
}

/** A Price that a subscription is to be changed to. */
export interface TargetPrice {
  id: string;
  productId: string;
  currency: string;
  /** Whether it is active, recurring and not billed by usage. */
  isSellable: boolean;
  recurrence: Recurrence | undefined;
}

/** Calls to Stripe about the subscriptions of users: https://docs.stripe.com/api/subscriptions */
@Injectable()
export class UserSubscriptionsStripe {
  constructor(private readonly stripe: StripeProvider) {}

  /** The name of a Product; null if it was deleted. */
  async productName(context: RequestContext, id: string): Promise<string | null> {
    const product = await undefinedIfMissing(
      this.stripe.read(context, (stripe) => stripe.products.retrieve(id)),
    );
    return product?.name ?? null;
  }

  /** The Price with this id; undefined if Stripe does not know it. */
  async price(context: RequestContext, id: string): Promise<TargetPrice | undefined> {
    const price = await undefinedIfMissing(this.stripe.read(context, (stripe) => stripe.prices.retrieve(id)));
    if (!price) return undefined;
    const { active, currency, recurring } = price;
    const isSellable = active && recurring !== null && recurring.usage_type !== 'metered';
    const recurrence = recurring
      ? { interval: recurring.interval as Recurrence['interval'], intervalCount: recurring.interval_count }
      : undefined;
    return { id, productId: idOf(price.product) ?? '', currency, isSellable, recurrence };
  }

  /** A cancellation at the end of the period, unless the subscription ends by then anyway. */
  planEnd(current: OwnedSubscription, operationId: string): EndPlan {
    const { id: subscription, cancelAt, periodEnd } = current;
    const plan = { subscription, end: 'endOfPeriod' as const };
    if (cancelAt !== null && cancelAt <= periodEnd) return { ...plan, update: null };
    return { ...plan, ...tracedUpdate(current, { cancel_at_period_end: true }, operationId) };
  }

  /** Stripe takes `cancel_at` or `cancel_at_period_end`, not both. */
  planResumption(current: OwnedSubscription, operationId: string): EndPlan {
    const { id: subscription, cancelAtPeriodEnd } = current;
    const update = cancelAtPeriodEnd ? { cancel_at_period_end: false } : { cancel_at: '' as const };
    return { subscription, end: 'none', ...tracedUpdate(current, update, operationId) };
  }

  /** Invoices of the pause are void: https://docs.stripe.com/billing/subscriptions/pause-payment */
  planPause(current: OwnedSubscription, isPaused: boolean, operationId: string): PausePlan {
    const update = { pause_collection: isPaused ? { behavior: 'void' as const } : ('' as const) };
    return { subscription: current.id, isPaused, ...tracedUpdate(current, update, operationId) };
  }

  /** Changes a subscription as planned. @throws {Problem} `invalid-state` if it has ended or its period has */
  async update(
    context: RequestContext,
    { subscription, update }: Pick<UpdatePlan, 'subscription' | 'update'>,
    idempotencyKey: string,
  ): Promise<void> {
    if (!update) return;
    try {
      await this.stripe.write(context, idempotencyKey, (stripe, options) =>
        stripe.subscriptions.update(subscription, update, options),
      );
    } catch (error) {
      throw invalidStateIfUnclassified(error);
    }
  }

  /** Looks up whether an operation has changed a subscription as planned. */
  async prove(
    context: RequestContext,
    { subscription, update, previousChangeId }: UpdatePlan,
    operationId: string,
  ): Promise<Proof> {
    if (!update) return 'done';
    return proofOf(await this.retrieve(context, subscription), { update, previousChangeId }, operationId);
  }

  /** The subscription as Stripe has it now. */
  async retrieve(context: RequestContext, id: string): Promise<OwnedSubscription> {
    return toOwnedSubscription(
      await this.stripe.read(context, (stripe) => stripe.subscriptions.retrieve(id)),
    );
  }
}

/**
 * What changes the items of a subscription at once. Nothing changes if an invoice can't be paid:
 * https://docs.stripe.com/api/subscriptions/update#update_subscription-payment_behavior
 */
export function planOf(
  { subscription, items, proration, prorationDate }: ItemsChange,
  operationId: string,
): UpdatePlan {
  const update: Stripe.SubscriptionUpdateParams = {
    items,
    proration_behavior: PRORATION_BEHAVIORS[proration],
    ...(proration !== 'none' && { proration_date: prorationDate }),
    payment_behavior: 'error_if_incomplete',
  };
  return { subscription: subscription.id, ...tracedUpdate(subscription, update, operationId) };
}
