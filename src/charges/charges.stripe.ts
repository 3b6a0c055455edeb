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

/** The charge was accepted: the money was taken, is reserved, or is on its way. */
const CHARGED_STATUSES = new Set<Stripe.PaymentIntent.Status>([
  'succeeded',
  'processing',
  'requires_capture',
]);

export type ChargePlan = Stripe.PaymentIntentCreateParams;

/** Calls to Stripe about PaymentIntents and Charges. */
@Injectable()
export class ChargesStripe {
  constructor(private readonly stripe: StripeProvider) {}

  /** Charges a saved card immediately and off-session: https://docs.stripe.com/payments/save-and-reuse */
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

  /**
   * Creates and confirms the PaymentIntent.
   *
   * @returns the PaymentIntent's id
   * @throws {Problem} `card-declined`, `authentication-required`, or `not-found` for a card of another customer
   */
  async charge(plan: ChargePlan, idempotencyKey: string): Promise<string> {
    try {
      const intent = await this.stripe.write(idempotencyKey, (stripe, options) =>
        stripe.paymentIntents.create(plan, options),
      );
      const charged = chargeResult(intent);
      if (charged === 'unknown')
        throw new Problem('outcome-unknown', {}, new Error(`${intent.id} is ${intent.status}`));
      return charged.result;
    } catch (error) {
      // The cards of a deleted customer are gone too.
      const refused = refusedParam(error);
      if (refused === 'payment_method' || refused === 'customer') {
        throw unknownObject('paymentMethodId', error);
      }
      throw error;
    }
  }

  /** Finds the PaymentIntent that an operation created. @throws {Problem} the decline with which it ended */
  async findCharge(plan: ChargePlan, operationId: string, sentAt: Date): Promise<Found<string>> {
    const intent = await findByOperationId(operationId, (page) =>
      this.stripe.read((stripe) =>
        stripe.paymentIntents.list({ customer: plan.customer, created: createdSince(sentAt), ...page }),
      ),
    );
    return typeof intent === 'string' ? intent : chargeResult(intent);
  }

  /** Lists a customer's Charges, newest first. */
  async charges(customer: string, page: PageRequest): Promise<Page<Charge>> {
    const { data, has_more: hasMore } = await this.stripe.read((stripe) =>
      stripe.charges.list({ customer, ...listParams(page) }),
    );
    return { items: data.map(toCharge), hasMore };
  }

  /** Lists a customer's PaymentIntents, newest first. */
  async payments(customer: string, page: PageRequest): Promise<Page<Payment>> {
    const { data, has_more: hasMore } = await this.stripe.read((stripe) =>
      stripe.paymentIntents.list({ customer, ...listParams(page) }),
    );
    return { items: data.map(toPayment), hasMore };
  }

  /** The PaymentIntent with this id; undefined if it is not this customer's. */
  async payment(customer: string, id: string): Promise<Payment | undefined> {
    const intent = await undefinedIfMissing(this.stripe.read((stripe) => stripe.paymentIntents.retrieve(id)));
    return intent && idOf(intent.customer) === customer ? toPayment(intent) : undefined;
  }

  /** Whether the Charge with this id is this customer's. */
  async isChargeOf(customer: string, id: string): Promise<boolean> {
    const charge = await undefinedIfMissing(this.stripe.read((stripe) => stripe.charges.retrieve(id)));
    return charge !== undefined && idOf(charge.customer) === customer;
  }
}

/**
 * The outcome of a charge according to its PaymentIntent.
 *
 * @throws {Problem} the decline with which it ended, or `not-done` if it was canceled
 */
function chargeResult(intent: Stripe.PaymentIntent): { result: string } | 'unknown' {
  if (CHARGED_STATUSES.has(intent.status)) return { result: intent.id };
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
