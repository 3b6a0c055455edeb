import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { findByOperationId, createdSince, OPERATION_ID } from '#stripe/find-by-metadata.js';
import { idOf } from '#stripe/id-of.js';
import { undefinedIfMissing } from '#stripe/undefined-if-missing.js';
import { declineProblem, refusedParam } from '#stripe/stripe-errors.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import type { Page, PageRequest } from '#core/page.js';
import { Problem, unknownObject } from '#core/problem.js';
import type { Found } from '../operations/operation.js';
import type { Charge, ChargeCommand } from './charge.js';
import type { Payment } from './payment.js';

/** Stripe has the money, or is getting it. */
const CHARGED = new Set<Stripe.PaymentIntent.Status>(['succeeded', 'processing', 'requires_capture']);

export type ChargePlan = Stripe.PaymentIntentCreateParams;

/** Our calls about PaymentIntents and Charges, and what we make of Stripe's answers. */
@Injectable()
export class ChargesStripe {
  constructor(private readonly stripe: StripeProvider) {}

  /** A saved card charged at once, its holder away: https://docs.stripe.com/payments/save-and-reuse */
  plan(customer: string, command: ChargeCommand, operationId: string): ChargePlan {
    return {
      amount: command.amountMinor,
      currency: command.currency,
      customer,
      payment_method: command.paymentMethodId,
      description: command.description,
      allowed_payment_method_types: ['card'],
      confirm: true,
      off_session: true,
      metadata: { [OPERATION_ID]: operationId },
    };
  }

  /** @throws {Problem} `card-declined`, `authentication-required`, or `not-found` for a card that isn't theirs */
  async charge(plan: ChargePlan, idempotencyKey: string): Promise<string> {
    try {
      const intent = await this.stripe.write(idempotencyKey, (stripe, options) =>
        stripe.paymentIntents.create(plan, options),
      );
      const charged = chargedBy(intent);
      if (charged === 'unknown')
        throw new Problem('outcome-unknown', {}, new Error(`${intent.id} is ${intent.status}`));
      return charged.result;
    } catch (error) {
      // A customer that is gone has taken its cards with it.
      const refused = refusedParam(error);
      if (refused === 'payment_method' || refused === 'customer') {
        throw unknownObject('paymentMethodId', error);
      }
      throw error;
    }
  }

  /** The payment that a charge has made, however that ended. @throws {Problem} the decline it ended with */
  async findCharge(plan: ChargePlan, operationId: string, sentAt: Date): Promise<Found<string>> {
    const intent = await findByOperationId(operationId, (page) =>
      this.stripe.read((stripe) =>
        stripe.paymentIntents.list({ customer: plan.customer, created: createdSince(sentAt), ...page }),
      ),
    );
    return typeof intent === 'string' ? intent : chargedBy(intent);
  }

  /** The Charges of a customer, most recent first. */
  async charges(customer: string, page: PageRequest): Promise<Page<Charge>> {
    const { data, has_more: hasMore } = await this.stripe.read((stripe) =>
      stripe.charges.list({ customer, ...listParams(page) }),
    );
    return { items: data.map(toCharge), hasMore };
  }

  /** The PaymentIntents of a customer, most recent first. */
  async payments(customer: string, page: PageRequest): Promise<Page<Payment>> {
    const { data, has_more: hasMore } = await this.stripe.read((stripe) =>
      stripe.paymentIntents.list({ customer, ...listParams(page) }),
    );
    return { items: data.map(toPayment), hasMore };
  }

  /** One PaymentIntent, where it is this customer's. */
  async payment(customer: string, id: string): Promise<Payment | undefined> {
    const intent = await undefinedIfMissing(this.stripe.read((stripe) => stripe.paymentIntents.retrieve(id)));
    return intent && idOf(intent.customer) === customer ? toPayment(intent) : undefined;
  }

  /** Whether a Charge is this customer's. */
  async isChargeOf(customer: string, id: string): Promise<boolean> {
    const charge = await undefinedIfMissing(this.stripe.read((stripe) => stripe.charges.retrieve(id)));
    return charge !== undefined && idOf(charge.customer) === customer;
  }
}

/**
 * What has become of a charge, by the PaymentIntent that it made.
 *
 * @throws {Problem} the decline that it ended with, or `not-done` where it was canceled
 */
function chargedBy(intent: Stripe.PaymentIntent): { result: string } | 'unknown' {
  if (CHARGED.has(intent.status)) return { result: intent.id };
  const decline = declineProblem(intent);
  if (decline) throw decline;
  if (intent.status === 'canceled') throw new Problem('not-done');
  return 'unknown';
}

function listParams({ limit, cursor }: PageRequest): Stripe.PaginationParams {
  if (!cursor) return { limit };
  return cursor.direction === 'back'
    ? { limit, ending_before: cursor.id }
    : { limit, starting_after: cursor.id };
}

function toPayment(intent: Stripe.PaymentIntent): Payment {
  return {
    id: intent.id,
    createdAt: new Date(intent.created * 1000),
    description: intent.description,
    amountMinor: intent.amount,
    currency: intent.currency,
    status: intent.status as Payment['status'],
  };
}

function toCharge(charge: Stripe.Charge): Charge {
  const card = charge.payment_method_details?.card;
  return {
    id: charge.id,
    amountMinor: charge.amount,
    amountRefundedMinor: charge.amount_refunded,
    currency: charge.currency,
    status: charge.status as Charge['status'],
    paid: charge.paid,
    refunded: charge.refunded,
    description: charge.description,
    createdAt: new Date(charge.created * 1000),
    card: card ? { brand: card.brand, last4: card.last4 } : null,
    receiptUrl: charge.receipt_url,
    paymentIntentId: idOf(charge.payment_intent) ?? null,
  };
}
