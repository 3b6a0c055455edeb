import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { idOf } from '#stripe/id-of.js';
import { listAll } from '#stripe/pagination.js';
import { findByOperationId, OPERATION_ID } from '#stripe/find-by-metadata.js';
import { isUnclassified, refusedParam } from '#stripe/stripe-errors.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import { type Currency, isCurrency } from '#core/currency.js';
import { Problem } from '#core/problem.js';
import { type PaymentObject, PaymentReferences } from '../payments/payment-references.stripe.js';
import type { Found } from '../operations/operation.js';
import { type ExistingRefund, type Refund, type RefundablePayment, refundResult } from './refund.js';

export type RefundPlan = Stripe.RefundCreateParams;

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
  async find(payment: PaymentObject): Promise<RefundablePayment> {
    const charge = await this.references.charge(payment);
    if (!charge) throw new Problem('refund-not-possible');
    const refunds = await listAll((page) =>
      this.stripe.read((stripe) => stripe.refunds.list({ charge: charge.id, ...page })),
    );
    return {
      chargeId: charge.id,
      currency: knownCurrency(charge.currency),
      capturedMinor: charge.status === 'succeeded' ? charge.amount_captured : 0,
      refunds: refunds.map(toExistingRefund),
    };
  }

  /** The current state of a refund. */
  async refundById(id: string): Promise<ExistingRefund> {
    return toExistingRefund(await this.stripe.read((stripe) => stripe.refunds.retrieve(id)));
  }

  plan({ chargeId }: RefundablePayment, amountMinor: number, operationId: string): RefundPlan {
    return { charge: chargeId, amount: amountMinor, metadata: { [OPERATION_ID]: operationId } };
  }

  /** @throws {Problem} `refund-not-possible` if Stripe says that nothing, or less, is left */
  async refund(plan: RefundPlan, idempotencyKey: string): Promise<Refund> {
    try {
      return toRefund(
        await this.stripe.write(idempotencyKey, (stripe, options) => stripe.refunds.create(plan, options)),
      );
    } catch (error) {
      if (isUnclassified(error) && refusedParam(error) === 'amount') {
        throw new Problem('refund-not-possible', {}, error);
      }
      throw error;
    }
  }

  /** Finds the refund that an operation made. */
  async findRefund({ charge }: RefundPlan, operationId: string): Promise<Found<Refund>> {
    const refund = await findByOperationId(operationId, (page) =>
      this.stripe.read((stripe) => stripe.refunds.list({ charge, ...page })),
    );
    return typeof refund === 'string' ? refund : { result: toRefund(refund) };
  }
}

function toRefund({ id, status, amount, currency }: Stripe.Refund): Refund {
  return { id, result: refundResult(status), amountMinor: amount, currency: knownCurrency(currency) };
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
