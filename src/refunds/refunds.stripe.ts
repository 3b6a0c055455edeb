import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { idOf } from '#stripe/id-of.js';
import { listAll } from '#stripe/pagination.js';
import { createdUnderKey, findByOperationId, OPERATION_ID } from '#stripe/find-by-metadata.js';
import { readAfterRefusal } from '#stripe/read-after-refusal.js';
import { isUnclassified, refusedParam } from '#stripe/stripe-errors.js';
import { requestIdOf, StripeProvider } from '#stripe/stripe.provider.js';
import { type Currency, isCurrency } from '#core/currency.js';
import { Problem } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { type PaymentObject, PaymentReferences } from '../payments/payment-references.stripe.js';
import { paymentRefundOf } from '../payments/payment-parts.stripe.js';
import type { ObservedRefund } from '../payments/refund-recorder.service.js';
import type { Found } from '../operations/operation.js';
import { type ExistingRefund, type Refund, type RefundablePayment, refundResult } from './refund.js';

export type RefundPlan = Stripe.RefundCreateParams;

/** A refund that was made, with what is recorded of it. */
export interface Refunded extends ObservedRefund {
  result: Refund;
}

/** Calls to Stripe about refunds: https://docs.stripe.com/api/refunds */
@Injectable()
export class RefundsStripe {
  constructor(
    private readonly stripe: StripeProvider,
    private readonly references: PaymentReferences,
  ) {}

  /**
   * The current state of a payment, including refunds made elsewhere.
   *
   * @throws {Problem} `refund-not-possible` if no payment was attempted
   */
  async find(context: RequestContext, payment: PaymentObject): Promise<RefundablePayment> {
    const charge = await this.references.charge(context, payment);
    if (!charge) throw new Problem('refund-not-possible');
    const refunds = await listAll((page) =>
      this.stripe.read(context, (stripe) => stripe.refunds.list({ charge: charge.id, ...page })),
    );
    return {
      chargeId: charge.id,
      currency: knownCurrency(charge.currency),
      capturedMinor: charge.status === 'succeeded' ? charge.amount_captured : 0,
      refunds: refunds.map(toExistingRefund),
    };
  }

  /** The current state of a refund. */
  async refundById(context: RequestContext, id: string): Promise<ExistingRefund> {
    return toExistingRefund(await this.stripe.read(context, (stripe) => stripe.refunds.retrieve(id)));
  }

  plan({ chargeId }: RefundablePayment, amountMinor: number, operationId: string): RefundPlan {
    return { charge: chargeId, amount: amountMinor, metadata: { [OPERATION_ID]: operationId } };
  }

  /**
   * @throws {Problem} `refund-not-possible` if Stripe says that nothing, or less, is left, `customer-email-required` if it
   *   would have to ask a customer without an email address for a bank account
   */
  async refund(context: RequestContext, plan: RefundPlan, idempotencyKey: string): Promise<Refunded> {
    try {
      return toRefunded(
        await this.stripe.write(context, idempotencyKey, (stripe, options) =>
          stripe.refunds.create(plan, options),
        ),
      );
    } catch (error) {
      if (isUnclassified(error) && refusedParam(error) === 'amount') {
        throw new Problem('refund-not-possible', {}, error);
      }
      if (isUnclassified(error) && (await readAfterRefusal(error, this.lacksEmail(context, plan)))) {
        throw new Problem('customer-email-required', {}, error);
      }
      throw error;
    }
  }

  /**
   * Whether a payment was a bank transfer of a customer without an email address. Stripe does not document how it refuses the
   * refund then: https://docs.stripe.com/payments/customer-balance/refunding
   */
  private async lacksEmail(context: RequestContext, { charge = '' }: RefundPlan): Promise<boolean> {
    const { customer, payment_method_details: details } = await this.stripe.read(context, (stripe) =>
      stripe.charges.retrieve(charge, { expand: ['customer'] }),
    );
    const hasEmail =
      typeof customer === 'object' && customer !== null && 'email' in customer && customer.email;
    return details?.type === 'customer_balance' && !hasEmail;
  }

  /** Finds the refund that an operation made. */
  async findRefund(
    context: RequestContext,
    { charge }: RefundPlan,
    operationId: string,
    sentAt: Date,
  ): Promise<Found<Refunded>> {
    const refund = await findByOperationId(operationId, (page) =>
      this.stripe.read(context, (stripe) =>
        stripe.refunds.list({ charge, created: createdUnderKey(sentAt), ...page }),
      ),
    );
    return typeof refund === 'string' ? refund : { result: toRefunded(refund) };
  }
}

function toRefunded(refund: Stripe.Refund): Refunded {
  const { id, status, amount, currency, payment_intent: intent } = refund;
  return {
    result: { id, result: refundResult(status), amountMinor: amount, currency: knownCurrency(currency) },
    refund: paymentRefundOf(refund),
    paymentIntentId: idOf(intent),
    requestId: requestIdOf(refund),
  };
}

function toExistingRefund({
  status,
  amount,
  metadata,
  payment_intent: intent,
}: Stripe.Refund): ExistingRefund {
  return {
    result: refundResult(status),
    amountMinor: amount,
    operationId: metadata?.[OPERATION_ID],
    paymentIntentId: idOf(intent),
  };
}

function knownCurrency(code: string): Currency {
  if (!isCurrency(code)) throw new Problem('refund-not-possible');
  return code;
}
