import { Injectable } from '@nestjs/common';
import type { OperationRequest, Outcome } from '../operations/operation.js';
import { type OperationRunner, OperationsService } from '../operations/operations.service.js';
import { askedMinorOf, type MadeRefund, type Refund, type RefundCommand } from './refund.js';
import { RefundsStore } from './refunds.store.js';
import { type RefundPlan, RefundsStripe } from './refunds.stripe.js';

/** Giving money back. What a refund may take is reserved before Stripe is asked, and kept until it has failed. */
@Injectable()
export class RefundsService {
  private readonly refunding: OperationRunner<RefundPlan, Refund>;

  constructor(
    operations: OperationsService,
    private readonly store: RefundsStore,
    private readonly stripe: RefundsStripe,
  ) {
    this.refunding = operations.define<RefundPlan, Refund>({
      name: 'refund',
      send: (plan, { stripeKey }) => this.stripe.refund(plan, stripeKey),
      find: (plan, { operationId }) => this.stripe.findRefund(plan, operationId),
      release: (transaction, _plan, { operationId }) => this.store.releaseWithin(transaction, operationId),
    });
  }

  /**
   * Refunds a payment, in part or all that is left of it. "All" is fixed as an amount before Stripe is asked,
   * so that a repetition asks for the same.
   *
   * @throws {Problem} `refund-not-possible`, `invalid-request` for an amount that the payment's currency can't
   *   hold, or `not-found` for a payment that Stripe does not know
   */
  refund(request: OperationRequest, command: RefundCommand): Promise<Outcome<Refund>> {
    return this.refunding.run(request, async ({ operationId }) => {
      const payment = await this.stripe.find(command.paymentId);
      const askedMinor = askedMinorOf(payment, command);
      await Promise.all(payment.refunds.map((refund) => this.releaseFailed(refund)));
      const amountMinor = await this.store.reserve(operationId, payment, askedMinor);
      return this.stripe.plan(payment, amountMinor, operationId);
    });
  }

  /** Makes room for other refunds where one has failed after Stripe had taken it. */
  async settle(refundId: string): Promise<void> {
    await this.releaseFailed(await this.stripe.refundOf(refundId));
  }

  private async releaseFailed({ result, operationId }: MadeRefund): Promise<void> {
    if (result === 'KO' && operationId) await this.store.release(operationId);
  }
}
