import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { readAfterRefusal } from '#stripe/read-after-refusal.js';
import { isRefused, isUnclassified, refusedParam } from '#stripe/stripe-errors.js';
import { requestIdOf, StripeProvider } from '#stripe/stripe.provider.js';
import { invalidField, Problem } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import type { OwnedSubscription } from '../customers/owner-subscriptions.js';
import { hasEnded, toOwnedSubscription } from '../customers/owner-subscriptions.stripe.js';
import type { ObservedCancellation } from '../payments/cancellation-recorder.service.js';
import { endOf } from '../payments/subscription-snapshot.stripe.js';
import { type PaymentObject, PaymentReferences } from '../payments/payment-references.stripe.js';
import type { Found } from '../operations/operation.js';
import { isScheduled } from './schedules.stripe.js';
import type { Cancellation } from './subscription.js';
import { type Proof, proofOf, type TracedUpdate, tracedUpdate } from './traced-update.stripe.js';

/** Without an update, the subscription is cancelled immediately. */
export interface CancelPlan extends Partial<TracedUpdate> {
  subscription: string;
  /** Of the record when this was planned; undefined if it had none, and in plans of earlier versions. */
  revision?: number | undefined;
}

/** A subscription that was cancelled, with what is recorded of it. */
export interface Cancelled extends Omit<ObservedCancellation, 'revision'> {
  result: Cancellation;
}

/** Calls to Stripe about subscriptions: https://docs.stripe.com/api/subscriptions */
@Injectable()
export class SubscriptionsStripe {
  constructor(
    private readonly stripe: StripeProvider,
    private readonly references: PaymentReferences,
  ) {}

  /**
   * The id of a payment's subscription; undefined if it has none.
   *
   * @throws {Problem} `invalid-state` if the subscription is not yet paid
   */
  find(context: RequestContext, payment: PaymentObject): Promise<string | undefined> {
    return this.references.subscription(context, payment);
  }

  /**
   * Without proration: nothing is credited for the rest of the current period. If the day is in a later period, Stripe
   * credits the unused part of that last period regardless:
   * https://docs.stripe.com/billing/subscriptions/cancel
   */
  plan(current: OwnedSubscription, end: 'now' | 'endOfPeriod' | Date, operationId: string): CancelPlan {
    const { id: subscription } = current;
    if (end === 'now') return { subscription };
    const update =
      end === 'endOfPeriod'
        ? { cancel_at_period_end: true }
        : { cancel_at: end.getTime() / 1000, proration_behavior: 'none' as const };
    return { subscription, ...tracedUpdate(current, update, operationId) };
  }

  /** Cancels as planned. @throws {Problem} `invalid-state` if the subscription ended earlier, `subscription-scheduled` */
  async cancel(context: RequestContext, plan: CancelPlan, idempotencyKey: string): Promise<Cancelled> {
    try {
      return toCancelled(await this.change(context, plan, idempotencyKey));
    } catch (error) {
      if (isUnclassified(error) && refusedParam(error) === 'cancel_at') {
        throw invalidField('when', 'must be a day on which this subscription can end', error);
      }
      // Also once it has ended, Stripe repeats a refusal that it gave before.
      if (!isRefused(error) || isScheduled(error)) throw error;
      return this.cancellationIfEnded(context, plan, error);
    }
  }

  /**
   * Finds out whether an operation has cancelled a subscription as planned. It may have ended since.
   *
   * @throws {Problem} `invalid-state` if it ended before it could be cancelled later
   */
  async findCancelled(
    context: RequestContext,
    plan: CancelPlan,
    operationId: string,
  ): Promise<Found<Cancelled>> {
    const subscription = await this.retrieve(context, plan);
    const proof = proofOfCancellation(subscription, plan, operationId);
    if (proof === 'done') return { result: toCancelled(subscription) };
    if (proof === 'not-done' && hasEnded(subscription)) throw new Problem('invalid-state');
    return proof;
  }

  private change(
    context: RequestContext,
    { subscription, update }: CancelPlan,
    idempotencyKey: string,
  ): Promise<Stripe.Subscription> {
    return this.stripe.write(context, idempotencyKey, (stripe, options) =>
      update
        ? stripe.subscriptions.update(subscription, update, options)
        : stripe.subscriptions.cancel(subscription, {}, options),
    );
  }

  /** Stripe refuses changes to an ended subscription as if it did not exist. @throws the refusal if it has not ended */
  private async cancellationIfEnded(
    context: RequestContext,
    plan: CancelPlan,
    refusal: unknown,
  ): Promise<Cancelled> {
    const subscription = await readAfterRefusal(refusal, this.retrieve(context, plan));
    if (!hasEnded(subscription)) throw refusal;
    if (plan.update) throw new Problem('invalid-state', {}, refusal);
    return toCancelled(subscription);
  }

  private retrieve(context: RequestContext, { subscription }: CancelPlan): Promise<Stripe.Subscription> {
    return this.stripe.read(context, (stripe) => stripe.subscriptions.retrieve(subscription));
  }
}

function proofOfCancellation(
  subscription: Stripe.Subscription,
  { update, previousChangeId }: CancelPlan,
  operationId: string,
): Proof {
  if (update) return proofOf(toOwnedSubscription(subscription), { update, previousChangeId }, operationId);
  return hasEnded(subscription) ? 'done' : 'not-done';
}

function toCancelled(subscription: Stripe.Subscription): Cancelled {
  const end = endOf(subscription);
  const cancelAt = (end.endedAt ?? end.cancelAt)?.toISOString() ?? null;
  const { id: subscriptionId } = subscription;
  return { subscriptionId, end, requestId: requestIdOf(subscription), result: { subscriptionId, cancelAt } };
}
