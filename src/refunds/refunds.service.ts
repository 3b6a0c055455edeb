import { Injectable } from '@nestjs/common';
import type { OperationRequest, Outcome } from '../operations/operation.js';
import { type Operation, OperationsService } from '../operations/operations.service.js';
import { type Refund, refundAmountMinor, type RefundCommand } from './refund.js';
import { type RefundPlan, RefundsStripe } from './refunds.stripe.js';

/** Giving money back. */
@Injectable()
export class RefundsService {
  private readonly refunding: Operation<RefundPlan, Refund>;

  constructor(
    operations: OperationsService,
    private readonly stripe: RefundsStripe,
  ) {
    this.refunding = operations.define<RefundPlan, Refund>({
      name: 'refund',
      send: (plan, { stripeKey }) => stripe.refund(plan, stripeKey),
      find: (plan, { operationId }) => stripe.findRefund(plan, operationId),
    });
  }

  /**
   * Refunds a payment, in part or all that is left of it. "All" is fixed as an amount before Stripe is asked,
   * so that a repetition asks for the same.
   *
   * @throws {Problem} `refund-not-possible`, `invalid-request` for an amount that the payment's currency can't
   *   hold, or `not-found` for a payment that Stripe does not know
   */
  refund(request: OperationRequest, { paymentId, amount }: RefundCommand): Promise<Outcome<Refund>> {
    return this.refunding.run(request, async ({ operationId }) => {
      const payment = await this.stripe.find(paymentId);
      return this.stripe.plan(payment, refundAmountMinor(payment, amount), operationId);
    });
  }
}
