import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { listAll } from '#stripe/pagination.js';
import { findByOperationId, OPERATION_ID } from '#stripe/find-by-metadata.js';
import { PaymentReferences } from '../payments/payment-references.stripe.js';
import { refusedParam } from '#stripe/stripe-errors.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import { type Currency, isCurrency } from '#core/currency.js';
import { Problem } from '#core/problem.js';
import type { Found } from '../operations/operation.js';
import { type MadeRefund, type Refund, type RefundablePayment, refundResult } from './refund.js';

export type RefundPlan = Stripe.RefundCreateParams;

/** Our calls about refunds: https://docs.stripe.com/api/refunds */
@Injectable()
export class RefundsStripe {
  constructor(
    private readonly stripe: StripeProvider,
    private readonly references: PaymentReferences,
  ) {}

  /**
   * A payment as it is now, refunds made without us included.
   *
   * @throws {Problem} `not-found` for an unknown payment, `refund-not-possible` where nobody has tried to pay
   */
  async find(paymentId: string): Promise<RefundablePayment> {
    const charge = await this.references.charge(paymentId);
    if (!charge) throw new Problem('refund-not-possible');
    const refunds = await listAll((page) =>
      this.stripe.read((stripe) => stripe.refunds.list({ charge: charge.id, ...page })),
    );
    return {
      chargeId: charge.id,
      currency: knownCurrency(charge.currency),
      capturedMinor: charge.status === 'succeeded' ? charge.amount_captured : 0,
      refunds: refunds.map(toMadeRefund),
    };
  }

  /** A refund as it is now. */
  async refundOf(id: string): Promise<MadeRefund> {
    return toMadeRefund(await this.stripe.read((stripe) => stripe.refunds.retrieve(id)));
  }

  plan({ chargeId }: RefundablePayment, amountMinor: number, operationId: string): RefundPlan {
    return { charge: chargeId, amount: amountMinor, metadata: { [OPERATION_ID]: operationId } };
  }

  /** @throws {Problem} `refund-not-possible` where Stripe says that less, or nothing, is left */
  async refund(plan: RefundPlan, idempotencyKey: string): Promise<Refund> {
    try {
      return toRefund(
        await this.stripe.write(idempotencyKey, (stripe, options) => stripe.refunds.create(plan, options)),
      );
    } catch (error) {
      if (refusedParam(error) === 'amount') throw new Problem('refund-not-possible', {}, error);
      throw error;
    }
  }

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

function toMadeRefund({ status, amount, metadata }: Stripe.Refund): MadeRefund {
  return { result: refundResult(status), amountMinor: amount, operationId: metadata?.[OPERATION_ID] };
}

function knownCurrency(code: string): Currency {
  if (!isCurrency(code)) throw new Problem('refund-not-possible');
  return code;
}
