import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { findByOperationId, createdSince, OPERATION_ID } from '#stripe/find-by-metadata.js';
import { declineProblem, isUnclassified, refusedParam } from '#stripe/stripe-errors.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import { Problem, unknownObject } from '#core/problem.js';
import type { Found } from '../operations/operation.js';
import type { ChargeCommand } from './charge.js';

/** The charge was accepted: the money was taken, is reserved, or is on its way. */
const CHARGED_STATUSES = new Set<Stripe.PaymentIntent.Status>([
  'succeeded',
  'processing',
  'requires_capture',
]);

/** The parameters of a charge: always a payment method with the customer that it is attached to. */
export type ChargePlan = Stripe.PaymentIntentCreateParams & { customer: string; payment_method: string };

/** Calls to Stripe that charge saved cards. */
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
      if (isUnclassified(error) && (refused === 'payment_method' || refused === 'customer')) {
        throw unknownObject('paymentMethodId', error);
      }
      throw error;
    }
  }

  /** The client secret with which Stripe.js completes a payment. */
  async clientSecret(paymentId: string): Promise<{ clientSecret?: string }> {
    const { client_secret: clientSecret } = await this.stripe.read((stripe) =>
      stripe.paymentIntents.retrieve(paymentId),
    );
    return clientSecret === null ? {} : { clientSecret };
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
