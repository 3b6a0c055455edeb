import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { Problem } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { createdUnderKey, findByOperationId, OPERATION_ID } from '#stripe/find-by-metadata.js';
import { idOf } from '#stripe/id-of.js';
import { invalidStateIfUnclassified } from '#stripe/invalid-state.js';
import { readAfterRefusal } from '#stripe/read-after-refusal.js';
import { isDefiniteRefusal, isRefused, unprovedIfTriedBefore } from '#stripe/stripe-errors.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import type { OwnedSubscription } from '../customers/owner-subscriptions.js';
import { hasItems, type WantedItem } from './item-changes.js';
import type { Proof } from './traced-update.stripe.js';

/** What a subscription is for after its current period. */
export interface NextPhase {
  items: readonly WantedItem[];
  /** The billing period of the Prices. */
  duration: { interval: 'day' | 'week' | 'month' | 'year'; interval_count: number };
  /** The phase before it, as it was planned. Absent from plans of earlier versions. */
  current?: CurrentPhase;
}

/** What a subscription is for in its current period. */
export interface CurrentPhase {
  items: readonly WantedItem[];
  /** In Unix seconds. */
  endsAt: number;
}

/** The schedule of a subscription before its change, if operations may change it. */
export interface OwnSchedule {
  /** Null if the subscription has none. */
  scheduleId: string | null;
  /** The operation that was the last to change it; null if none has. Absent from plans of earlier versions. */
  previousOperationId?: string | null;
}

/** A change at the end of the period. */
export interface ScheduledChange extends OwnSchedule {
  subscription: string;
  phase: NextPhase;
}

/** Those in which a schedule manages its subscription: https://docs.stripe.com/api/subscription_schedules/object */
const MANAGING: ReadonlySet<Stripe.SubscriptionSchedule.Status> = new Set(['not_started', 'active']);

/**
 * Calls to Stripe about the schedules that change subscriptions at the end of their period:
 * https://docs.stripe.com/billing/subscriptions/subscription-schedules
 */
@Injectable()
export class SchedulesStripe {
  constructor(private readonly stripe: StripeProvider) {}

  /**
   * The schedule of a subscription, if it has one that an operation has made, or that changes nothing.
   *
   * @throws {Problem} `subscription-scheduled` for a schedule that was made elsewhere
   */
  async findOwn(
    context: RequestContext,
    { scheduleId }: Pick<OwnedSubscription, 'scheduleId'>,
  ): Promise<OwnSchedule> {
    if (scheduleId === null) return { scheduleId, previousOperationId: null };
    const schedule = await this.retrieve(context, scheduleId);
    const previousOperationId = changerOf(schedule);
    if (previousOperationId === null && !isEmpty(schedule)) throw new Problem('subscription-scheduled');
    return { scheduleId, previousOperationId };
  }

  /**
   * Schedules what a subscription is for after its current period. Stripe takes two calls for it: a schedule begins with the
   * subscription as it is, and nothing else can be set then.
   *
   * @throws {Problem} `invalid-state` if the period is over or the subscription was changed since the plan was made,
   *   `not-done` if its schedule was released since, `subscription-scheduled` if it got a schedule elsewhere
   */
  async schedule(
    context: RequestContext,
    { subscription, scheduleId, phase }: ScheduledChange,
    { operationId, stripeKey }: { operationId: string; stripeKey: string },
  ): Promise<void> {
    const id = scheduleId ?? (await this.create(context, subscription, `${stripeKey}-schedule`));
    const schedule = await this.retrieve(context, id);
    // A look-up or the Dashboard has released it. A new request gets another one.
    if (!MANAGING.has(schedule.status)) throw new Problem('not-done');
    try {
      const params = phasesOf(schedule, phase, operationId);
      await this.stripe.write(context, stripeKey, (stripe, options) =>
        stripe.subscriptionSchedules.update(id, params, options),
      );
    } catch (error) {
      const refusal = invalidStateIfUnclassified(error);
      const isFinal = isRefused(refusal) || (refusal instanceof Problem && refusal.slug === 'invalid-state');
      if (isFinal) await readAfterRefusal(refusal, this.releaseIfEmpty(context, id));
      throw refusal;
    }
  }

  /**
   * Looks up whether an operation has scheduled a change, also if it has taken place since. What an attempt has left that ended
   * between the two calls is released first: the second one, made late, would undo a later change. If that call was made right
   * before the release, or the Dashboard has released the schedule, the change is undone, and nobody can tell by whom.
   */
  async prove(
    context: RequestContext,
    { customer, scheduleId }: OwnedSubscription,
    planned: OwnSchedule,
    { operationId, sentAt }: { operationId: string; sentAt: Date },
  ): Promise<Proof> {
    if (scheduleId !== null) await this.releaseIfEmpty(context, scheduleId);
    const found =
      planned.scheduleId === null
        ? await findByOperationId(operationId, (page) =>
            this.stripe.read(context, (stripe) =>
              stripe.subscriptionSchedules.list({ customer, created: createdUnderKey(sentAt), ...page }),
            ),
          )
        : findChange(await this.retrieve(context, planned.scheduleId), planned, operationId);
    if (typeof found === 'string') return found;
    return isUndone(found) ? 'unknown' : 'done';
  }

  /**
   * Changes when a subscription ends, which Stripe refuses while it has a schedule. One that an operation has made is
   * released then: a later end takes the place of a later change.
   *
   * @param change gets the idempotency key for it
   * @throws {Problem} `subscription-scheduled` for a schedule that was made elsewhere, `scheduleReleased` with a refusal of the
   *   change after the release
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
      unprovedIfTriedBefore(error);
      if (!isScheduled(error)) throw error;
      const scheduleId = await this.findOwnAfter(context, subscription, error);
      // Null if an earlier attempt has released it, or it has ended since.
      if (scheduleId !== null) await this.release(context, scheduleId);
      return change(`${idempotencyKey}-released`).catch(tellOfRelease);
    }
  }

  /** Releases a subscription from its schedule; succeeds if it has ended before. */
  async release(context: RequestContext, scheduleId: string): Promise<void> {
    try {
      await this.stripe.writeBesides(context, (stripe, options) =>
        stripe.subscriptionSchedules.release(scheduleId, {}, options),
      );
    } catch (error) {
      if (!isRefused(error)) throw error;
      const { status } = await this.retrieve(context, scheduleId);
      if (MANAGING.has(status)) throw error;
    }
  }

  /** Releases a schedule that changes nothing. It is read for that, because another request may have used it. */
  private async releaseIfEmpty(context: RequestContext, id: string): Promise<void> {
    if (isEmpty(await this.retrieve(context, id))) await this.release(context, id);
  }

  /** Gives a subscription a schedule. If another request was first, it is that one's: the later change takes its place. */
  private async create(context: RequestContext, subscription: string, key: string): Promise<string> {
    try {
      const { id } = await this.stripe.write(context, key, (stripe, options) =>
        stripe.subscriptionSchedules.create({ from_subscription: subscription }, options),
      );
      return id;
    } catch (error) {
      unprovedIfTriedBefore(error);
      if (!isRefused(error)) throw error;
      const scheduleId = await this.findOwnAfter(context, subscription, error);
      if (scheduleId === null) throw invalidStateIfUnclassified(error);
      return scheduleId;
    }
  }

  /**
   * The schedule of a subscription after Stripe has refused the first call of a change; null if it has none.
   *
   * @throws the refusal if Stripe does not show the schedule, `subscription-scheduled` with it as the cause if it was made
   *   elsewhere: then it is final, as an attempt later might change what nobody wants to change any more
   */
  private async findOwnAfter(
    context: RequestContext,
    subscription: string,
    refusal: unknown,
  ): Promise<string | null> {
    try {
      const { scheduleId } = await readAfterRefusal(refusal, this.findOwnOf(context, subscription));
      return scheduleId;
    } catch (error) {
      throw isScheduled(error) ? new Problem(error.slug, {}, refusal) : error;
    }
  }

  /** Reads which schedule a subscription has, and then as {@link findOwn}. */
  private async findOwnOf(context: RequestContext, subscription: string): Promise<OwnSchedule> {
    const { schedule } = await this.stripe.read(context, (stripe) =>
      stripe.subscriptions.retrieve(subscription),
    );
    return this.findOwn(context, { scheduleId: idOf(schedule) ?? null });
  }

  private retrieve(context: RequestContext, id: string): Promise<Stripe.SubscriptionSchedule> {
    return this.stripe.read(context, (stripe) => stripe.subscriptionSchedules.retrieve(id));
  }
}

/**
 * Requires that a subscription has got no other schedule since a change at once was planned. It would undo the change later.
 *
 * @throws {Problem} `invalid-state`
 */
export function assertScheduledAsPlanned(
  { scheduleId }: OwnedSubscription,
  planned: string | null | undefined,
): void {
  if (scheduleId !== null && scheduleId !== planned) throw new Problem('invalid-state');
}

/** Adds to the refusal of a change that its schedule is gone. After any other answer, the change may still be made. */
function tellOfRelease(error: unknown): never {
  throw error instanceof Problem && isDefiniteRefusal(error) ? error.with({ scheduleReleased: true }) : error;
}

/** Whether Stripe has refused a change because a schedule manages its subscription. */
export function isScheduled(error: unknown): error is Problem {
  return error instanceof Problem && error.slug === 'subscription-scheduled';
}

/** The operation that was the last to change a schedule; null if none has. */
function changerOf({ metadata }: Stripe.SubscriptionSchedule): string | null {
  return metadata?.[OPERATION_ID] || null;
}

/**
 * Whether an operation has changed the schedule that it was to change. Its own id, if it was there before the plan, is that of an
 * earlier request with the same key. If neither its id is there nor the one from before, another change was made in the meantime.
 */
function findChange(
  schedule: Stripe.SubscriptionSchedule,
  { previousOperationId: previous }: OwnSchedule,
  operationId: string,
): Stripe.SubscriptionSchedule | 'not-done' | 'unknown' {
  const changer = changerOf(schedule);
  if (changer === operationId) return previous === operationId ? 'unknown' : schedule;
  return previous === undefined || changer === previous ? 'not-done' : 'unknown';
}

/** Whether a schedule was released before its last phase, which is the change, began. */
function isUndone({ released_at: releasedAt, phases }: Stripe.SubscriptionSchedule): boolean {
  return releasedAt !== null && (phases.at(-1)?.start_date ?? 0) > releasedAt;
}

/**
 * Whether a schedule is as Stripe makes it from a subscription. It changes nothing, so no one minds if it is used or
 * released: it is what an attempt leaves that ends between the two calls.
 */
function isEmpty({ metadata, phases, end_behavior: end }: Stripe.SubscriptionSchedule): boolean {
  return phases.length === 1 && end === 'release' && Object.keys(metadata ?? {}).length === 0;
}

/**
 * The current phase as it was planned, and the next one, after which the schedule ends and the subscription goes on. They
 * are the same in each attempt: a phase that ends at that time has begun at one time only.
 *
 * @throws {Problem} `invalid-state` if the current phase is another one by now
 */
function phasesOf(
  { current_phase: now, phases }: Stripe.SubscriptionSchedule,
  next: NextPhase,
  operationId: string,
): Stripe.SubscriptionScheduleUpdateParams {
  const running = phases.find(({ start_date: start }) => start === now?.start_date);
  if (!running) throw new Problem('invalid-state');
  const items = running.items.map(toWanted);
  const { current = { items, endsAt: running.end_date } } = next;
  if (running.end_date !== current.endsAt || !hasItems(items, current.items))
    throw new Problem('invalid-state');
  return {
    end_behavior: 'release',
    metadata: { [OPERATION_ID]: operationId },
    phases: [
      {
        start_date: running.start_date,
        end_date: current.endsAt,
        items: current.items.map(toPhaseItem),
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
