import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { Problem } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { OPERATION_ID } from '#stripe/find-by-metadata.js';
import { idOf } from '#stripe/id-of.js';
import { isRefused, isUnclassified } from '#stripe/stripe-errors.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import type { OwnedSubscription } from '../customers/owner-subscriptions.js';
import type { WantedItem } from './item-changes.js';

/** What a subscription is for after its current period. */
export interface NextPhase {
  items: readonly WantedItem[];
  /** The billing period of the Prices. */
  duration: { interval: 'day' | 'week' | 'month' | 'year'; interval_count: number };
}

/**
 * Calls to Stripe about the schedules that change subscriptions at the end of their period:
 * https://docs.stripe.com/billing/subscriptions/subscription-schedules
 */
@Injectable()
export class SchedulesStripe {
  constructor(private readonly stripe: StripeProvider) {}

  /**
   * The schedule of a subscription, if an operation has made it; null if it has none.
   *
   * @throws {Problem} `subscription-scheduled` for a schedule that was made elsewhere
   */
  async findOwn(
    context: RequestContext,
    { scheduleId }: Pick<OwnedSubscription, 'scheduleId'>,
  ): Promise<string | null> {
    if (scheduleId === null) return null;
    const { metadata } = await this.retrieve(context, scheduleId);
    if (!metadata?.[OPERATION_ID]) throw new Problem('subscription-scheduled');
    return scheduleId;
  }

  /**
   * Schedules what a subscription is for after its current period. A schedule begins with the subscription as it is.
   *
   * @param scheduleId the schedule that it has already
   */
  async schedule(
    context: RequestContext,
    {
      subscription,
      scheduleId,
      phase,
    }: { subscription: string; scheduleId: string | null; phase: NextPhase },
    { operationId, stripeKey }: { operationId: string; stripeKey: string },
  ): Promise<void> {
    try {
      const schedule =
        scheduleId === null
          ? await this.stripe.write(context, `${stripeKey}-schedule`, (stripe, options) =>
              stripe.subscriptionSchedules.create({ from_subscription: subscription }, options),
            )
          : await this.retrieve(context, scheduleId);
      await this.stripe.write(context, stripeKey, (stripe, options) =>
        stripe.subscriptionSchedules.update(schedule.id, phasesOf(schedule, phase, operationId), options),
      );
    } catch (error) {
      throw isRefused(error) && isUnclassified(error) ? new Problem('invalid-state', {}, error) : error;
    }
  }

  /**
   * Changes when a subscription ends, which Stripe refuses while it has a schedule. One that an operation has made is
   * released then: a later end takes the place of a later change.
   *
   * @param change gets the idempotency key for it
   * @throws {Problem} `subscription-scheduled` for a schedule that was made elsewhere
   */
  async withoutOwn<T>(
    context: RequestContext,
    subscription: string,
    idempotencyKey: string,
    change: (idempotencyKey: string) => Promise<T>,
  ): Promise<T> {
    try {
      return await change(idempotencyKey);
    } catch (error) {
      if (!(error instanceof Problem) || error.slug !== 'subscription-scheduled') throw error;
      const { schedule } = await this.stripe.read(context, (stripe) =>
        stripe.subscriptions.retrieve(subscription),
      );
      const own = await this.findOwn(context, { scheduleId: idOf(schedule) ?? null }).catch((refusal) => {
        // Stripe's own refusal is final; an attempt later might cancel what nobody wants to cancel any more.
        throw refusal instanceof Problem ? error : refusal;
      });
      // Null if an earlier attempt has released it.
      if (own !== null) await this.release(context, own, `${idempotencyKey}-release`);
      return change(`${idempotencyKey}-released`);
    }
  }

  /** Releases a subscription from its schedule; succeeds if that was done before. */
  async release(context: RequestContext, scheduleId: string, idempotencyKey: string): Promise<void> {
    try {
      await this.stripe.write(context, idempotencyKey, (stripe, options) =>
        stripe.subscriptionSchedules.release(scheduleId, {}, options),
      );
    } catch (error) {
      if (!isRefused(error)) throw error;
      const { subscription } = await this.retrieve(context, scheduleId);
      if (subscription !== null) throw error;
    }
  }

  /** Whether a subscription is scheduled to be for these items after its current period. */
  async isScheduled(
    context: RequestContext,
    { scheduleId }: OwnedSubscription,
    wanted: readonly WantedItem[],
  ): Promise<boolean> {
    if (scheduleId === null) return false;
    const { phases } = await this.retrieve(context, scheduleId);
    const items = phases.at(-1)?.items.map(toWanted) ?? [];
    return (
      items.length === wanted.length &&
      wanted.every(({ priceId, quantity }) =>
        items.some((item) => item.priceId === priceId && item.quantity === quantity),
      )
    );
  }

  private retrieve(context: RequestContext, id: string): Promise<Stripe.SubscriptionSchedule> {
    return this.stripe.read(context, (stripe) => stripe.subscriptionSchedules.retrieve(id));
  }
}

/** The current phase as it is, and the next one, after which the schedule ends and the subscription goes on. */
function phasesOf(
  { current_phase: current, phases }: Stripe.SubscriptionSchedule,
  next: NextPhase,
  operationId: string,
): Stripe.SubscriptionScheduleUpdateParams {
  const running = phases.find(({ start_date: start }) => start === current?.start_date);
  if (!running) throw new Problem('invalid-state');
  return {
    end_behavior: 'release',
    metadata: { [OPERATION_ID]: operationId },
    phases: [
      {
        start_date: running.start_date,
        end_date: running.end_date,
        items: running.items.map(toWanted).map(toPhaseItem),
        proration_behavior: 'none',
      },
      { items: next.items.map(toPhaseItem), duration: next.duration, proration_behavior: 'none' },
    ],
  };
}

function toWanted({ price, quantity }: Stripe.SubscriptionSchedule.Phase.Item): WantedItem {
  return { priceId: idOf(price) ?? '', quantity: quantity ?? 1 };
}

function toPhaseItem({ priceId, quantity }: WantedItem): { price: string; quantity: number } {
  return { price: priceId, quantity };
}
