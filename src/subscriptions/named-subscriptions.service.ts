import { Injectable } from '@nestjs/common';
import type { Actor } from '#core/actor.js';
import { invalidField, Problem } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import type { OwnedSubscription } from '../customers/owner-subscriptions.js';
import type { OperationRequest, Outcome } from '../operations/operation.js';
import { PaymentAccess } from '../payments/payment-access.service.js';
import type { SubscriptionView } from '../payments/subscription-view.js';
import { NOT_A_SUBSCRIPTION } from './subscription.js';
import { SubscriptionUpdates } from './subscription-updates.service.js';
import { SubscriptionsStripe } from './subscriptions.stripe.js';
import { UserSubscriptionsStripe } from './user-subscriptions.stripe.js';

/** Finds, resumes and pauses the subscriptions that services name, by any id of a payment. */
@Injectable()
export class NamedSubscriptions {
  constructor(
    private readonly access: PaymentAccess,
    private readonly references: SubscriptionsStripe,
    private readonly stripe: UserSubscriptionsStripe,
    private readonly updates: SubscriptionUpdates,
  ) {}

  /**
   * The running subscription that a caller names.
   *
   * @param operationId of the operation that is to change it, for which it is claimed
   * @throws {Problem} `invalid-state` if it has ended or is not yet paid, `invalid-request` for a payment without a
   *   subscription, `not-found` as {@link PaymentAccess.find} does, `in-progress` while another operation changes it
   */
  async find(
    context: RequestContext,
    actor: Actor,
    paymentId: string,
    operationId?: string,
  ): Promise<OwnedSubscription> {
    const payment = await this.access.find(context, actor, paymentId);
    const id = await this.references.find(context, payment);
    if (!id) throw invalidField('paymentId', NOT_A_SUBSCRIPTION);
    const subscription = await (operationId === undefined
      ? this.stripe.retrieve(context, id)
      : this.updates.claim(context, operationId, id));
    if (!subscription.isRunning) throw new Problem('invalid-state');
    return subscription;
  }

  /** Takes a cancellation back. @throws {Problem} `invalid-state` if it was not cancelled, and as {@link find} does */
  resume(request: OperationRequest, paymentId: string): Promise<Outcome<SubscriptionView>> {
    return this.updates.end.run(request, async ({ operationId }) => {
      const subscription = await this.find(request.context, request.actor, paymentId, operationId);
      if (subscription.cancelAt === null) throw new Problem('invalid-state');
      return this.stripe.planResumption(subscription, operationId);
    });
  }

  /**
   * Begins or ends a pause, in which the subscription runs and no invoice is collected.
   *
   * @throws {Problem} `invalid-state` if it is paused already, or is not; and as {@link find} does
   */
  setPaused(
    request: OperationRequest,
    paymentId: string,
    isPaused: boolean,
  ): Promise<Outcome<SubscriptionView>> {
    return this.updates.pause.run(request, async ({ operationId }) => {
      const subscription = await this.find(request.context, request.actor, paymentId, operationId);
      if (subscription.isPaused === isPaused) throw new Problem('invalid-state');
      return this.stripe.planPause(subscription, isPaused, operationId);
    });
  }
}
