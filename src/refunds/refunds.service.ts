import { Injectable } from '@nestjs/common';
import type { RequestContext } from '#core/request-context.js';
import type { OperationRequest, Outcome } from '../operations/operation.js';
import { type OperationRunner, OperationsService } from '../operations/operations.service.js';
import { PaymentAccess } from '../payments/payment-access.service.js';
import { RefundRecorder } from '../payments/refund-recorder.service.js';
import {
  type ExistingRefund,
  type Refund,
  type RefundablePayment,
  type RefundCommand,
  requestedMinorOf,
} from './refund.js';
import { RefundsStore } from './refunds.store.js';
import { type Refunded, type RefundPlan, RefundsStripe } from './refunds.stripe.js';

/** Refunds payments. The amount is reserved before Stripe is called, and released only if the refund fails. */
@Injectable()
export class RefundsService {
  private readonly refundOperation: OperationRunner<RefundPlan, Refund>;

  constructor(
    operations: OperationsService,
    private readonly access: PaymentAccess,
    private readonly store: RefundsStore,
    private readonly stripe: RefundsStripe,
    recorder: RefundRecorder,
  ) {
    this.refundOperation = operations.define<RefundPlan, Refund, Refunded>({
      name: 'refund',
      send: (context, plan, { stripeKey }) => this.stripe.refund(context, plan, stripeKey),
      find: (context, plan, { operationId }, sentAt) =>
        this.stripe.findRefund(context, plan, operationId, sentAt),
      resultOf: ({ result }) => result,
      record: (transaction, refunded, operation) => recorder.recordOutcome(transaction, refunded, operation),
      release: (transaction, _plan, { operationId }) => this.store.releaseWithin(transaction, operationId),
    });
  }

  /**
   * Refunds part of a payment, or all that is left. "All" is fixed as an amount before Stripe is called, so that a
   * repetition refunds the same.
   *
   * @throws {Problem} `refund-not-possible`, `customer-email-required`, `invalid-request` for an amount that is not valid in
   *   the payment's currency, or `not-found` as {@link PaymentAccess.find} does
   */
  refund(request: OperationRequest, command: RefundCommand): Promise<Outcome<Refund>> {
    return this.refundOperation.run(request, async ({ operationId }, count) => {
      const payment = await this.stripe.find(
        request.context,
        await this.access.find(request.context, request.actor, command.paymentId, command.owner),
      );
      const requestedMinor = requestedMinorOf(payment, command);
      const amountMinor = request.context.dryRun
        ? await this.store.available(payment, requestedMinor)
        : await this.reserve(operationId, payment, requestedMinor);
      count({ kind: 'refund', amountMinor, currency: payment.currency });
      return this.stripe.plan(payment, amountMinor, operationId);
    });
  }

  /** Releases the reservation of a refund that failed after Stripe had accepted it. @returns the refund */
  async releaseIfFailed(context: RequestContext, refundId: string): Promise<ExistingRefund> {
    const refund = await this.stripe.refundById(context, refundId);
    await this.releaseFailed(refund);
    return refund;
  }

  private async reserve(
    operationId: string,
    payment: RefundablePayment,
    requestedMinor: number | undefined,
  ): Promise<number> {
    await Promise.all(payment.refunds.map((refund) => this.releaseFailed(refund)));
    return this.store.reserve(operationId, payment, requestedMinor);
  }

  private async releaseFailed({ result, operationId }: ExistingRefund): Promise<void> {
    if (result === 'KO' && operationId) await this.store.release(operationId);
  }
}
