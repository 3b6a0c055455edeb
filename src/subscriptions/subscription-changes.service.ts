import { Injectable } from '@nestjs/common';
import type { Actor } from '#core/actor.js';
import { Clock } from '#core/clock.js';
import { isCurrency } from '#core/currency.js';
import { Problem } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { readEach } from '#stripe/read-each.js';
import type { OwnedSubscription } from '../customers/owner-subscriptions.js';
import type { MovedAmount } from '../operations/guardrail-rules.js';
import type { OperationIdentity, OperationRequest, Outcome } from '../operations/operation.js';
import { type OperationRunner, OperationsService } from '../operations/operations.service.js';
import type { SubscriptionView } from '../payments/subscription-view.js';
import { InvoicePreviewsStripe, type ItemsChange } from './invoice-previews.stripe.js';
import { hasItems, itemChanges, type WantedItem } from './item-changes.js';
import { NamedSubscriptions } from './named-subscriptions.service.js';
import { assertRecent, prorationSecondsOf } from './proration-date.js';
import {
  assertScheduledAsPlanned,
  type NextPhase,
  type OwnSchedule,
  SchedulesStripe,
} from './schedules.stripe.js';
import type { ChangeCommand, ChangePreview } from './subscription-change.js';
import { SubscriptionUpdates } from './subscription-updates.service.js';
import { assertOffered } from './target-prices.js';
import { hasTrace, type Proof, proofOf } from './traced-update.stripe.js';
import { planOf, type UpdatePlan, UserSubscriptionsStripe } from './user-subscriptions.stripe.js';

/** A change of a subscription's items. Without an update, only its schedule is changed. */
interface ChangePlan extends UpdatePlan, OwnSchedule {
  /** What is changed at the end of the period; null for a change at once. */
  phase: NextPhase | null;
  /** Earlier versions read it. */
  wanted: readonly WantedItem[];
}

/** Previews and makes changes of the subscriptions that services name: docs/adr/0024-changes-of-subscriptions.md. */
@Injectable()
export class SubscriptionChangesService {
  private readonly changeOperation: OperationRunner<ChangePlan, SubscriptionView>;

  constructor(
    operations: OperationsService,
    private readonly subscriptions: NamedSubscriptions,
    updates: SubscriptionUpdates,
    private readonly previews: InvoicePreviewsStripe,
    private readonly schedules: SchedulesStripe,
    private readonly stripe: UserSubscriptionsStripe,
    private readonly clock: Clock,
  ) {
    this.changeOperation = operations.define<ChangePlan, SubscriptionView>({
      name: 'subscription-change',
      send: async (context, plan, identity) => {
        const { subscription, scheduleId, phase } = plan;
        if (phase) await schedules.schedule(context, { subscription, scheduleId, phase }, identity);
        else await this.changeNow(context, plan, identity);
        return updates.refresh(context, subscription);
      },
      find: async (context, plan, { operationId }, sentAt) => {
        const { subscription, scheduleId, phase } = plan;
        const current = await stripe.retrieve(context, subscription);
        const proof = phase
          ? await schedules.prove(context, current, plan, { operationId, sentAt })
          : proofOfChangeNow(current, plan, operationId);
        if (proof !== 'done') return proof;
        // What was charged is done, also if the attempt ended before the schedule was released.
        if (!phase && scheduleId !== null && scheduleId === current.scheduleId)
          await schedules.release(context, scheduleId);
        return { result: await updates.refresh(context, subscription) };
      },
    });
  }

  /** What a change costs now and afterwards. @throws {Problem} as {@link change} does before anything is charged */
  async preview(context: RequestContext, actor: Actor, command: ChangeCommand): Promise<ChangePreview> {
    const { change } = await this.plan(context, actor, command);
    const preview = await this.previews.change(context, change);
    return { ...preview, prorationDate: new Date(change.prorationDate * 1000) };
  }

  /**
   * Changes what a subscription is for, at once or at the end of its period. If an invoice can't be paid, nothing changes.
   *
   * @throws {Problem} `not-found` for a Price that Stripe does not know and as `PaymentAccess.find` does, `invalid-state` for
   *   a subscription that can't be changed or is for the same already, `invalid-request` for a Price that does not fit or
   *   the date of no preview of the last hour, `subscription-scheduled`, `in-progress` while another operation changes it,
   *   `card-declined`, `authentication-required`, `not-done` if its schedule was released before it was sent
   */
  change(request: OperationRequest, command: ChangeCommand): Promise<Outcome<SubscriptionView>> {
    const { context, actor } = request;
    return this.changeOperation.run(request, async ({ operationId }, count) => {
      const { change, schedule, phase } = await this.plan(context, actor, command, operationId);
      const { subscription, at } = change;
      if (at === 'now' && actor.kind !== 'user' && actor.guardrails)
        count(await this.charged(context, change));
      const { items: wanted } = command;
      const unchanged = { subscription: subscription.id, update: null };
      if (at === 'endOfPeriod') return { ...unchanged, ...schedule, phase, wanted };
      const isSame = hasItems(subscription.items, wanted);
      return { ...(isSame ? unchanged : planOf(change, operationId)), ...schedule, phase: null, wanted };
    });
  }

  /** The earlier change is taken back last: if this one is refused, the other one stays. */
  private async changeNow(
    context: RequestContext,
    plan: ChangePlan,
    { operationId, stripeKey }: OperationIdentity,
  ): Promise<void> {
    const { subscription, scheduleId } = plan;
    const current = await this.stripe.retrieve(context, subscription);
    if (!hasTrace(current, plan, operationId)) assertScheduledAsPlanned(current, scheduleId);
    await this.stripe.update(context, plan, stripeKey);
    if (scheduleId !== null) await this.schedules.release(context, scheduleId);
  }

  private async plan(
    context: RequestContext,
    actor: Actor,
    { paymentId, items: wanted, proration, at, prorationDate }: ChangeCommand,
    operationId?: string,
  ): Promise<{ change: ItemsChange; schedule: OwnSchedule; phase: NextPhase }> {
    const now = this.clock.now();
    assertRecent(prorationDate, now);
    const subscription = await this.subscriptions.find(context, actor, paymentId, operationId);
    // A schedule would end a trial and drop a discount: it begins with the Prices and quantities only.
    const isUnschedulable =
      subscription.cancelAt !== null || subscription.isTrialing || subscription.isDiscounted;
    if (!subscription.isActive || (at === 'endOfPeriod' && isUnschedulable))
      throw new Problem('invalid-state');
    const ids = wanted.map(({ priceId }) => priceId);
    const prices = await readEach(new Set(ids), (id) => this.stripe.price(context, id));
    const recurrence = assertOffered(ids, prices, subscription.items[0]?.currency ?? '');
    const schedule = await this.schedules.findOwn(context, subscription);
    // A change back to what it is for takes a scheduled change back.
    if (schedule.scheduleId === null && hasItems(subscription.items, wanted))
      throw new Problem('invalid-state');
    const items = itemChanges(subscription.items, wanted);
    const prorationSeconds = prorationSecondsOf(subscription, prorationDate, now);
    return {
      change: { subscription, items, proration, at, prorationDate: prorationSeconds },
      schedule,
      phase: {
        items: wanted,
        current: {
          items: subscription.items.map(({ priceId, quantity }) => ({ priceId, quantity: quantity ?? 1 })),
          endsAt: subscription.periodEnd,
        },
        duration: { interval: recurrence.interval, interval_count: recurrence.intervalCount },
      },
    };
  }

  /** What a change charges at once, for the guardrails of the caller. */
  private async charged(context: RequestContext, change: ItemsChange): Promise<MovedAmount> {
    const { amountDueMinor, currency } = await this.previews.change(context, change);
    if (!isCurrency(currency)) throw new Problem('invalid-state');
    return { kind: 'charge', amountMinor: amountDueMinor, currency };
  }
}

/** A change at once without an update takes a scheduled one back. */
function proofOfChangeNow(
  current: OwnedSubscription,
  { update, scheduleId, previousChangeId }: ChangePlan,
  operationId: string,
): Proof {
  if (update) return proofOf(current, { update, previousChangeId }, operationId);
  return current.scheduleId === scheduleId ? 'not-done' : 'done';
}
