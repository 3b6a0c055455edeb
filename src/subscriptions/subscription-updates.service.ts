import { Injectable } from '@nestjs/common';
import { DryRunEnd } from '#core/dry-run.js';
import { Problem } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import type { OperationIdentity } from '../operations/operation.js';
import { type OperationRunner, OperationsService } from '../operations/operations.service.js';
import type { OwnedSubscription } from '../customers/owner-subscriptions.js';
import { SubscriptionRecorder } from '../payments/subscription-recorder.service.js';
import { subscriptionView, type SubscriptionView } from '../payments/subscription-view.js';
import { SchedulesStripe } from './schedules.stripe.js';
import { SubscriptionClaimsStore } from './subscription-claims.store.js';
import {
  type EndPlan,
  type PausePlan,
  type UpdatePlan,
  UserSubscriptionsStripe,
} from './user-subscriptions.stripe.js';

/** Carries out the changes of subscriptions that cost nothing, whoever asks for them. */
@Injectable()
export class SubscriptionUpdates {
  readonly end: OperationRunner<EndPlan, SubscriptionView>;
  readonly pause: OperationRunner<PausePlan, SubscriptionView>;

  constructor(
    operations: OperationsService,
    private readonly stripe: UserSubscriptionsStripe,
    schedules: SchedulesStripe,
    private readonly claims: SubscriptionClaimsStore,
    private readonly recorder: SubscriptionRecorder,
  ) {
    const find = async (context: RequestContext, plan: UpdatePlan, { operationId }: OperationIdentity) => {
      const proof = await stripe.prove(context, plan, operationId);
      return proof === 'done' ? { result: await this.refresh(context, plan.subscription) } : proof;
    };
    this.end = operations.define<EndPlan, SubscriptionView>({
      name: 'subscription-end',
      send: async (context, plan, { stripeKey }) => {
        await schedules.withoutOwn(context, plan.subscription, stripeKey, (key) =>
          stripe.update(context, plan, key),
        );
        return this.refresh(context, plan.subscription);
      },
      find,
    });
    this.pause = operations.define<PausePlan, SubscriptionView>({
      name: 'subscription-pause',
      send: async (context, plan, { stripeKey }) => {
        await stripe.update(context, plan, stripeKey);
        return this.refresh(context, plan.subscription);
      },
      find,
    });
  }

  /**
   * Claims a subscription for an operation, and reads it only then: what was read before may be different by now.
   *
   * @throws {Problem} `in-progress` while another operation changes it
   */
  async claim(
    context: RequestContext,
    operationId: string,
    subscriptionId: string,
  ): Promise<OwnedSubscription> {
    await this.claims.claim(context, operationId, subscriptionId);
    return this.stripe.retrieve(context, subscriptionId);
  }

  /**
   * Brings a subscription of the record up to date.
   *
   * @param notifies whether callers are notified of what is new
   * @throws {Problem} `needs-review` if it is unpaid, although it runs: its change was made, and can't be recorded
   */
  async refresh(context: RequestContext, subscriptionId: string, notifies = true): Promise<SubscriptionView> {
    // There was nothing to send.
    if (context.dryRun) throw new DryRunEnd(context.dryRun.calls);
    const recorded = await this.recorder.refreshSubscription(context, subscriptionId, [], notifies);
    if (!recorded) throw new Problem('needs-review', {}, new Error(`the page of ${subscriptionId} is open`));
    return subscriptionView(recorded);
  }
}
