import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { Clock } from '#core/clock.js';
import { invalidField } from '#core/problem.js';
import type { OperationRequest, Outcome } from '../operations/operation.js';
import { type OperationRunner, OperationsService } from '../operations/operations.service.js';
import { type CancelCommand, type Cancellation, type CancelTime, lastSecondOf } from './subscription.js';
import { type CancelPlan, SubscriptionsStripe } from './subscriptions.stripe.js';

const NOT_A_SUBSCRIPTION = 'must be the id of a subscription or of one of its payments';

/** What becomes of subscriptions once Checkout has started them. */
@Injectable()
export class SubscriptionsService {
  private readonly cancelling: OperationRunner<CancelPlan, Cancellation>;

  constructor(
    operations: OperationsService,
    private readonly stripe: SubscriptionsStripe,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {
    this.cancelling = operations.define<CancelPlan, Cancellation>({
      name: 'subscription-cancel',
      send: (plan, { stripeKey }) => stripe.cancel(plan, stripeKey),
      find: (plan) => stripe.findCancelled(plan),
    });
  }

  /**
   * Ends a subscription now or later. Ending an ended one now is done already.
   *
   * @throws {Problem} `date-in-past`, `invalid-state` for an ended subscription or one that nobody has paid yet,
   *   `invalid-request` for a payment that is for none, `not-found` for a payment that Stripe does not know
   */
  cancel(request: OperationRequest, { paymentId, when }: CancelCommand): Promise<Outcome<Cancellation>> {
    return this.cancelling.run(request, async () => {
      const end = this.endOf(when);
      const subscription = await this.stripe.find(paymentId);
      if (!subscription) throw invalidField('paymentId', NOT_A_SUBSCRIPTION);
      return this.stripe.plan(subscription, end);
    });
  }

  private endOf(when: CancelTime): 'now' | 'endOfPeriod' | Date {
    if (typeof when === 'string') return when;
    return lastSecondOf(when.atDay, this.settings.BUSINESS_TIMEZONE, this.clock.now());
  }
}
