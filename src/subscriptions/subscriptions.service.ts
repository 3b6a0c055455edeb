import { Injectable } from '@nestjs/common';
import { Clock } from '#core/clock.js';
import { invalidField } from '#core/problem.js';
import { Settings } from '../config/settings.js';
import type { OperationRequest, Outcome } from '../operations/operation.js';
import { type OperationRunner, OperationsService } from '../operations/operations.service.js';
import {
  CancellationRecorder,
  type ObservedCancellation,
} from '../payments/cancellation-recorder.service.js';
import { PaymentAccess } from '../payments/payment-access.service.js';
import {
  type CancelCommand,
  type Cancellation,
  type CancelTime,
  lastSecondOf,
  NOT_A_SUBSCRIPTION,
} from './subscription.js';
import { SchedulesStripe } from './schedules.stripe.js';
import { SubscriptionUpdates } from './subscription-updates.service.js';
import { type Cancelled, type CancelPlan, SubscriptionsStripe } from './subscriptions.stripe.js';

/** Cancels subscriptions that were started on a Checkout page. */
@Injectable()
export class SubscriptionsService {
  private readonly cancelOperation: OperationRunner<CancelPlan, Cancellation>;

  constructor(
    operations: OperationsService,
    private readonly access: PaymentAccess,
    private readonly stripe: SubscriptionsStripe,
    schedules: SchedulesStripe,
    private readonly updates: SubscriptionUpdates,
    private readonly recorder: CancellationRecorder,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {
    this.cancelOperation = operations.define<CancelPlan, Cancellation, Cancelled & ObservedCancellation>({
      name: 'subscription-cancel',
      // Sent again, Stripe replays its old answer: only the revision of the plan is older than every answer.
      send: async (context, plan, { stripeKey }) => {
        const cancelled = await schedules.withoutOwn(context, plan.subscription, stripeKey, (key) =>
          stripe.cancel(context, plan, key),
        );
        return { ...cancelled, revision: plan.revision };
      },
      find: async (context, plan, { operationId }) => {
        const revision = await recorder.revision(plan.subscription);
        const found = await stripe.findCancelled(context, plan, operationId);
        return typeof found === 'string' ? found : { result: { ...found.result, revision } };
      },
      resultOf: ({ result }) => result,
      record: (transaction, cancelled, operation) =>
        recorder.recordOutcome(transaction, cancelled, operation),
    });
  }

  /**
   * Cancels a subscription now or later. Cancelling an ended one now succeeds.
   *
   * @throws {Problem} `date-in-past`, `invalid-state` for a subscription that has ended or is not yet paid,
   *   `invalid-request` for a payment without a subscription, `not-found` as {@link PaymentAccess.find} does,
   *   `in-progress` while another operation changes it
   */
  cancel(request: OperationRequest, { paymentId, when }: CancelCommand): Promise<Outcome<Cancellation>> {
    return this.cancelOperation.run(request, async ({ operationId }) => {
      const end = this.endOf(when);
      const { context, actor } = request;
      const id = await this.stripe.find(context, await this.access.find(context, actor, paymentId));
      if (!id) throw invalidField('paymentId', NOT_A_SUBSCRIPTION);
      const subscription = await this.updates.claim(context, operationId, id);
      const plan = this.stripe.plan(subscription, end, operationId);
      return { ...plan, revision: await this.recorder.revision(id) };
    });
  }

  private endOf(when: CancelTime): 'now' | 'endOfPeriod' | Date {
    if (typeof when === 'string') return when;
    return lastSecondOf(when.atDay, this.settings.BUSINESS_TIMEZONE, this.clock.now());
  }
}
