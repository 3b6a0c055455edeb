import { Injectable } from '@nestjs/common';
import type { OperationRequest, Outcome } from '../operations/operation.js';
import { OperationsService } from '../operations/operations.service.js';
import { type Refund, refundAmountMinor, type RefundCommand } from './refund.js';
import { RefundsStripe } from './refunds.stripe.js';

/** Giving money back. */
@Injectable()
export class RefundsService {
  constructor(
    private readonly operations: OperationsService,
    private readonly stripe: RefundsStripe,
  ) {}

  /**
   * Refunds a payment, in part or all that is left of it. "All" is fixed as an amount before Stripe is asked,
   * so that a repetition asks for the same.
   *
   * @throws {Problem} `refund-not-possible`, `invalid-request` for an amount that the payment's currency can't
   *   hold, or `not-found` for a payment that Stripe does not know
   */
  refund(request: OperationRequest, { paymentId, amount }: RefundCommand): Promise<Outcome<Refund>> {
    return this.operations.run(request, {
      kind: 'refund',
      plan: async () => {
        const payment = await this.stripe.find(paymentId);
        return this.stripe.plan(payment, refundAmountMinor(payment, amount));
      },
      send: (plan, stripeKey) => this.stripe.refund(plan, stripeKey),
    });
  }
}
