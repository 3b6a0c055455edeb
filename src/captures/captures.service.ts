import { Injectable } from '@nestjs/common';
import { Problem } from '#core/problem.js';
import type { OperationRequest, Outcome } from '../operations/operation.js';
import { type OperationRunner, OperationsService } from '../operations/operations.service.js';
import { EndRecorder } from '../payments/end-recorder.service.js';
import { ExpiryRecorder } from '../payments/expiry-recorder.service.js';
import { PaymentAccess } from '../payments/payment-access.service.js';
import { PaymentRecorder } from '../payments/payment-recorder.service.js';
import type { PaymentObject } from '../payments/payment-references.stripe.js';
import { isCanceledForPage } from '../payments/replacement-pages.stripe.js';
import { ReplacementsStore } from '../payments/replacements.store.js';
import {
  captureAmountMinor,
  type CaptureCommand,
  type OpenPaymentCommand,
  type PaymentEnd,
} from './capture.js';
import {
  type CancelPlan,
  type CapturePlan,
  CapturesStripe,
  type Closed,
  type ClosePlan,
  type Ended,
} from './captures.stripe.js';

/** Captures what was authorized, and cancels payments that are not paid: docs/adr/0020-capture-and-cancel.md. */
@Injectable()
export class CapturesService {
  private readonly captureOperation: OperationRunner<CapturePlan, PaymentEnd>;
  private readonly cancelOperation: OperationRunner<CancelPlan | ClosePlan, PaymentEnd>;

  constructor(
    operations: OperationsService,
    private readonly access: PaymentAccess,
    private readonly stripe: CapturesStripe,
    private readonly replacements: ReplacementsStore,
    private readonly payments: PaymentRecorder,
    recorder: EndRecorder,
    expiryRecorder: ExpiryRecorder,
  ) {
    this.captureOperation = operations.define<CapturePlan, PaymentEnd, Ended>({
      name: 'payment-capture',
      send: (context, plan, { operationId, stripeKey }) =>
        stripe.capture(context, plan, operationId, stripeKey),
      find: (context, plan, { operationId }) => stripe.findCaptured(context, plan, operationId),
      resultOf: ({ result }) => result,
      record: (transaction, ended, operation) => recorder.recordOutcome(transaction, ended, operation),
    });
    this.cancelOperation = operations.define<CancelPlan | ClosePlan, PaymentEnd, Ended | Closed>({
      name: 'payment-cancel',
      send: (context, plan, { stripeKey }) =>
        'pageId' in plan
          ? stripe.closePage(context, plan, stripeKey)
          : stripe.cancel(context, plan, stripeKey),
      find: (context, plan) =>
        'pageId' in plan ? stripe.findClosed(context, plan) : stripe.findCanceled(context, plan),
      resultOf: ({ result }) => result,
      record: (transaction, ended, operation) =>
        'snapshot' in ended
          ? recorder.recordOutcome(transaction, ended, operation)
          : expiryRecorder.recordOutcome(transaction, ended, operation),
    });
  }

  /**
   * Captures all that is authorized, or a part of it; Stripe releases the rest. "All" is fixed as an amount before Stripe
   * is called, so that a repetition captures the same.
   *
   * @throws {Problem} `invalid-state` if nothing is authorized, `amount-out-of-range` for more than that,
   *   `invalid-request` for an amount that is not valid in the payment's currency, `not-found` as
   *   {@link PaymentAccess.find} does
   */
  capture(request: OperationRequest, command: CaptureCommand): Promise<Outcome<PaymentEnd>> {
    return this.captureOperation.run(request, async () => {
      const payment = await this.find(request, command);
      const { paymentIntentId, sessionId } = payment;
      return { paymentIntentId, sessionId, amountMinor: captureAmountMinor(payment, command) };
    });
  }

  /**
   * Cancels a payment that is not paid, and releases what was authorized. If the customer has a page to pay with another card,
   * the page is closed.
   *
   * @throws {Problem} `invalid-state` if it is paid, canceled, or on its way, `not-found` as {@link PaymentAccess.find} does
   */
  cancel(request: OperationRequest, command: OpenPaymentCommand): Promise<Outcome<PaymentEnd>> {
    return this.cancelOperation.run(request, async () => {
      const payment = await this.findCurrent(request, command);
      if (payment.object === 'checkout.session' && payment.status === 'open') {
        const pageId = await this.replacements.openPageOf(command.paymentId);
        if (pageId !== undefined) return { pageId };
      }
      const { paymentIntentId, sessionId, isCancelable } = await this.stripe.find(request.context, payment);
      if (!isCancelable) throw new Problem('invalid-state');
      return { paymentIntentId, sessionId };
    });
  }

  /** A restored backup may lack the page that has taken the place of a PaymentIntent. */
  private async findCurrent(
    { context, actor }: OperationRequest,
    { paymentId, owner }: OpenPaymentCommand,
  ): Promise<PaymentObject> {
    const payment = await this.access.find(context, actor, paymentId, owner);
    if (payment.object !== 'payment_intent' || !isCanceledForPage(payment) || context.dryRun) return payment;
    if (!(await this.payments.recordPage(context, payment.id))) return payment;
    return this.access.find(context, actor, paymentId, owner);
  }

  private async find({ context, actor }: OperationRequest, { paymentId, owner }: OpenPaymentCommand) {
    return this.stripe.find(context, await this.access.find(context, actor, paymentId, owner));
  }
}
