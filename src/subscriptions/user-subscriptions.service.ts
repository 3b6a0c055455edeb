import { Injectable } from '@nestjs/common';
import type { Owner } from '#core/actor.js';
import { Problem } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { OwnerSubscriptionsService } from '../customers/owner-subscriptions.service.js';
import type { OwnedSubscription } from '../customers/owner-subscriptions.js';
import type { OperationRequest, Outcome } from '../operations/operation.js';
import type { SubscriptionView } from '../payments/subscription-view.js';
import { InvoicePreviewsStripe } from './invoice-previews.stripe.js';
import type { CurrentSubscription } from './user-subscription.js';
import { SubscriptionUpdates } from './subscription-updates.service.js';
import { UserSubscriptionsStripe } from './user-subscriptions.stripe.js';

/** Shows users their subscription, and cancels or resumes it. It is the newest, if they have several. */
@Injectable()
export class UserSubscriptionsService {
  constructor(
    private readonly updates: SubscriptionUpdates,
    private readonly subscriptions: OwnerSubscriptionsService,
    private readonly previews: InvoicePreviewsStripe,
    private readonly stripe: UserSubscriptionsStripe,
  ) {}

  /** The running subscription of an owner; null if there is none. */
  async current(context: RequestContext, owner: Owner): Promise<CurrentSubscription | null> {
    const [running] = await this.subscriptions.running(context, owner);
    if (!running) return null;
    const productId = running.items[0]?.productId ?? '';
    const [subscription, name, renewal] = await Promise.all([
      this.updates.refresh(context, running.id, false),
      this.stripe.productName(context, productId),
      this.previews.renewal(context, running),
    ]);
    return { subscription, product: { id: productId, name }, pendingInvoice: renewal ?? null };
  }

  /**
   * Cancels an owner's subscription at the end of the paid period.
   *
   * @throws {Problem} `not-found` without a subscription, `invalid-state` if it has ended, `subscription-scheduled`,
   *   `in-progress` while another operation changes it
   */
  cancel(request: OperationRequest, owner: Owner): Promise<Outcome<SubscriptionView>> {
    return this.updates.end.run(request, async ({ operationId }) => {
      return this.stripe.planEnd(await this.claim(request.context, operationId, owner), operationId);
    });
  }

  /**
   * Takes a cancellation back.
   *
   * @throws {Problem} `not-found` without a subscription, `invalid-state` if it has ended or was not cancelled,
   *   `subscription-scheduled`, `in-progress` while another operation changes it
   */
  resume(request: OperationRequest, owner: Owner): Promise<Outcome<SubscriptionView>> {
    return this.updates.end.run(request, async ({ operationId }) => {
      const current = await this.claim(request.context, operationId, owner);
      if (current.cancelAt === null) throw new Problem('invalid-state');
      return this.stripe.planResumption(current, operationId);
    });
  }

  private async claim(
    context: RequestContext,
    operationId: string,
    owner: Owner,
  ): Promise<OwnedSubscription> {
    const [{ id }] = await this.subscriptions.requireRunning(context, owner);
    return this.updates.claim(context, operationId, id);
  }
}
