import { Injectable } from '@nestjs/common';
import type { Owner } from '#core/actor.js';
import { Problem } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { OwnerSubscriptionsService } from '../customers/owner-subscriptions.service.js';
import type { OperationRequest, Outcome } from '../operations/operation.js';
import { type OperationRunner, OperationsService } from '../operations/operations.service.js';
import { SubscriptionRecorder } from '../payments/subscription-recorder.service.js';
import { subscriptionView, type SubscriptionView } from '../payments/subscription-view.js';
import { InvoicePreviewsStripe } from './invoice-previews.stripe.js';
import type { CurrentSubscription } from './user-subscription.js';
import { type EndPlan, UserSubscriptionsStripe } from './user-subscriptions.stripe.js';

/** Shows users their subscription, and cancels or resumes it. It is the newest, if they have several. */
@Injectable()
export class UserSubscriptionsService {
  private readonly endOperation: OperationRunner<EndPlan, SubscriptionView>;

  constructor(
    operations: OperationsService,
    private readonly subscriptions: OwnerSubscriptionsService,
    private readonly previews: InvoicePreviewsStripe,
    private readonly stripe: UserSubscriptionsStripe,
    private readonly recorder: SubscriptionRecorder,
  ) {
    this.endOperation = operations.define<EndPlan, SubscriptionView>({
      name: 'subscription-end',
      send: async (context, plan, { stripeKey }) => {
        await stripe.update(context, plan, stripeKey);
        return this.refresh(context, plan.subscription);
      },
      find: async (context, plan) => {
        if (!(await stripe.hasEnd(context, plan))) return 'not-done';
        return { result: await this.refresh(context, plan.subscription) };
      },
    });
  }

  /** The running subscription of an owner; null if there is none. */
  async current(context: RequestContext, owner: Owner): Promise<CurrentSubscription | null> {
    const [running] = await this.subscriptions.running(context, owner);
    if (!running) return null;
    const productId = running.items[0]?.productId ?? '';
    const [subscription, name, renewal] = await Promise.all([
      this.refresh(context, running.id, false),
      this.stripe.productName(context, productId),
      this.previews.renewal(context, running),
    ]);
    return { subscription, product: { id: productId, name }, pendingInvoice: renewal ?? null };
  }

  /**
   * Cancels an owner's subscription at the end of the paid period.
   *
   * @throws {Problem} `not-found` without a subscription, `invalid-state` if it has ended, `subscription-scheduled`
   */
  cancel(request: OperationRequest, owner: Owner): Promise<Outcome<SubscriptionView>> {
    return this.endOperation.run(request, async () => {
      const [current] = await this.subscriptions.requireRunning(request.context, owner);
      return this.stripe.planEnd(current);
    });
  }

  /**
   * Takes a cancellation back.
   *
   * @throws {Problem} `not-found` without a subscription, `invalid-state` if it has ended or was not cancelled,
   *   `subscription-scheduled`
   */
  resume(request: OperationRequest, owner: Owner): Promise<Outcome<SubscriptionView>> {
    return this.endOperation.run(request, async () => {
      const [current] = await this.subscriptions.requireRunning(request.context, owner);
      if (current.cancelAt === null) throw new Problem('invalid-state');
      return this.stripe.planResumption(current);
    });
  }

  /** Brings a subscription of the record up to date. @param notifies whether callers are notified of what is new */
  async refresh(context: RequestContext, subscriptionId: string, notifies = true): Promise<SubscriptionView> {
    const recorded = await this.recorder.refreshSubscription(context, subscriptionId, [], notifies);
    // Its page is open, so that it is not paid.
    if (!recorded) throw new Problem('invalid-state');
    return subscriptionView(recorded);
  }
}
