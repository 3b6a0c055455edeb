import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { findByOperationId, createdUnderKey, OPERATION_ID } from '#stripe/find-by-metadata.js';
import { declinedIntent, declineProblem, isUnclassified, refusedParam } from '#stripe/stripe-errors.js';
import { requestIdOf, StripeProvider } from '#stripe/stripe.provider.js';
import { invalidField, Problem, unknownObject } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { EXPANDED_CHARGE, instantOf, snapshotOfIntent } from '../payments/payment-snapshot.stripe.js';
import { RETURN_URL } from '../payments/payment-ids.js';
import type { ObservedPayment } from '../payments/payment-recorder.service.js';
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

/** A charge that was accepted, with the PaymentIntent's id. */
export interface Charged extends ObservedPayment {
  id: string;
}

/** Calls to Stripe that charge saved cards. */
@Injectable()
export class ChargesStripe {
  constructor(private readonly stripe: StripeProvider) {}

  /**
   * Charges a saved card immediately and off-session: https://docs.stripe.com/payments/save-and-reuse
   *
   * @returns what is sent, without the customer, which is still to be added
   */
  plan(command: ChargeCommand, operationId: string): Omit<ChargePlan, 'customer'> {
    const { metadata, returnUrl, statementDescriptorSuffix: suffix, isManualCapture } = command;
    return {
      amount: command.amountMinor,
      currency: command.currency,
      payment_method: command.paymentMethodId,
      description: command.description,
      allowed_payment_method_types: ['card'],
      confirm: true,
      off_session: true,
      metadata: {
        ...metadata,
        ...(returnUrl !== undefined && { [RETURN_URL]: returnUrl }),
        [OPERATION_ID]: operationId,
      },
      ...(suffix !== undefined && { statement_descriptor_suffix: suffix }),
      ...(isManualCapture && { capture_method: 'manual' }),
      expand: [EXPANDED_CHARGE],
    };
  }

  /**
   * Creates and confirms the PaymentIntent.
   *
   * @throws {Problem} `card-declined`, `authentication-required`, or `not-found` for a card of another customer
   */
  async charge(context: RequestContext, plan: ChargePlan, idempotencyKey: string): Promise<Charged> {
    try {
      const intent = await this.stripe.write(context, idempotencyKey, (stripe, options) =>
        stripe.paymentIntents.create(plan, options),
      );
      const charged = chargeResult(intent);
      if (charged === 'unknown')
        throw new Problem('outcome-unknown', {}, new Error(`${intent.id} is ${intent.status}`));
      return charged.result;
    } catch (error) {
      // The cards of a deleted customer are gone too.
      const refused = refusedParam(error);
      if (refused === 'statement_descriptor_suffix')
        throw invalidField('statementDescriptorSuffix', 'is not accepted by the payment provider', error);
      if (isUnclassified(error) && (refused === 'payment_method' || refused === 'customer')) {
        throw unknownObject('paymentMethodId', error);
      }
      throw error;
    }
  }

  /** The client secret with which Stripe.js completes a payment, and when the payment was created. */
  async secrets(
    context: RequestContext,
    paymentId: string,
  ): Promise<{ clientSecret?: string; createdAt: Date }> {
    const { client_secret: clientSecret, created } = await this.stripe.read(context, (stripe) =>
      stripe.paymentIntents.retrieve(paymentId),
    );
    return { createdAt: instantOf(created), ...(clientSecret !== null && { clientSecret }) };
  }

  /** Finds the PaymentIntent that an operation created. @throws {Problem} the decline with which it ended */
  async findCharge(
    context: RequestContext,
    plan: ChargePlan,
    operationId: string,
    sentAt: Date,
  ): Promise<Found<Charged>> {
    const intent = await findByOperationId(operationId, (page) =>
      this.stripe.read(context, (stripe) =>
        stripe.paymentIntents.list({
          customer: plan.customer,
          created: createdUnderKey(sentAt),
          expand: [`data.${EXPANDED_CHARGE}`],
          ...page,
        }),
      ),
    );
    return typeof intent === 'string' ? intent : chargeResult(intent);
  }

  /** The payment that was declined; undefined for a problem without one. */
  declinedPayment(problem: Problem): ObservedPayment | undefined {
    const intent = declinedIntent(problem);
    return intent && observedPayment(intent);
  }
}

/**
 * The outcome of a charge according to its PaymentIntent.
 *
 * @throws {Problem} the decline with which it ended, or `not-done` if it was canceled
 */
function chargeResult(intent: Stripe.PaymentIntent): { result: Charged } | 'unknown' {
  if (CHARGED_STATUSES.has(intent.status)) return { result: { id: intent.id, ...observedPayment(intent) } };
  const decline = declineProblem(intent);
  if (decline) throw decline;
  if (intent.status === 'canceled') throw new Problem('not-done');
  return 'unknown';
}

function observedPayment(intent: Stripe.PaymentIntent): ObservedPayment {
  return { snapshot: snapshotOfIntent(intent), requestId: requestIdOf(intent) };
}
