import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { Problem } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { OPERATION_ID, operationIdOf } from '#stripe/find-by-metadata.js';
import { findSessionByOperationId } from '#stripe/find-session.js';
import { idOf } from '#stripe/id-of.js';
import { invalidStateIfRefused } from '#stripe/invalid-state.js';
import { readAfterRefusal } from '#stripe/read-after-refusal.js';
import { isRefused, isReplayedFailure, unprovedAfterPart } from '#stripe/stripe-errors.js';
import { requestIdOf, StripeProvider } from '#stripe/stripe.provider.js';
import type { Found } from '../operations/operation.js';
import { isKeyReused } from '../operations/operation-outcome.js';
import { REPLACED_PAYMENT } from '../payments/payment-ids.js';
import { snapshotOfSession } from '../payments/payment-snapshot.stripe.js';
import { CANCELLATION_REASON, isCanceledForPage } from '../payments/replacement-pages.stripe.js';
import type { ReplacedPayment } from '../payments/replacement-recorder.service.js';
import type { ConfirmStep } from './confirmation.js';
import { type NextPage, OPEN_STATUSES } from './confirmations.stripe.js';

/** Cancels a PaymentIntent, and then opens a Checkout page for the same. */
export interface ReplacementPlan {
  paymentId: string;
  paymentIntentId: string;
  session: Stripe.Checkout.SessionCreateParams;
}

/** A Checkout page that was opened in place of a PaymentIntent, with what is recorded of it. */
export interface Replaced extends ReplacedPayment {
  next: NextPage;
}

/** The name of what is paid if nothing describes it. The customer sees it. */
const UNDESCRIBED = 'Payment';
const NAME_MAX_LENGTH = 250;

/** Opens Checkout pages in place of PaymentIntents, so that customers can pay with another card. */
@Injectable()
export class ReplacementsStripe {
  constructor(private readonly stripe: StripeProvider) {}

  /**
   * Plans a Checkout page in place of a PaymentIntent.
   *
   * @throws {Problem} `invalid-state` if it is not open, or no operation has started it
   */
  async plan(
    context: RequestContext,
    paymentIntentId: string,
    step: ConfirmStep,
    operationId: string,
  ): Promise<ReplacementPlan> {
    const intent = await this.intent(context, paymentIntentId);
    // Of a payment that other software has started, the page would lose what that software has set.
    if (!OPEN_STATUSES.has(intent.status) || operationIdOf(intent) === null)
      throw new Problem('invalid-state');
    return { paymentId: step.paymentId, paymentIntentId, session: sessionFor(intent, step, operationId) };
  }

  /**
   * Cancels the PaymentIntent first, so that there are never two payments that can succeed.
   *
   * @throws {Problem} `invalid-state` if it was paid or canceled in the meantime
   */
  async replace(context: RequestContext, plan: ReplacementPlan, idempotencyKey: string): Promise<Replaced> {
    await this.cancel(context, plan.paymentIntentId, `${idempotencyKey}-cancel`);
    const session = await this.openPage(context, plan, `${idempotencyKey}-session`);
    return replaced(session, plan);
  }

  /** Finds the Checkout page that an operation has opened. */
  async findReplacement(
    context: RequestContext,
    plan: ReplacementPlan,
    operationId: string,
    sentAt: Date,
  ): Promise<Found<Replaced>> {
    const { customer } = plan.session;
    const of = { customer, sentAt };
    const session = await findSessionByOperationId(this.stripe, context, operationId, of);
    return typeof session === 'string' ? session : { result: replaced(session, plan) };
  }

  /** The page of a Checkout Session. */
  async page(context: RequestContext, sessionId: string): Promise<NextPage> {
    const { id, url } = await this.stripe.read(context, (stripe) =>
      stripe.checkout.sessions.retrieve(sessionId),
    );
    return { id, url };
  }

  private async cancel(context: RequestContext, id: string, idempotencyKey: string): Promise<void> {
    try {
      await this.stripe.write(context, idempotencyKey, (stripe, options) =>
        stripe.paymentIntents.cancel(id, { cancellation_reason: CANCELLATION_REASON }, options),
      );
    } catch (error) {
      if (!isRefused(error) && !isReplayedFailure(error)) throw error;
      // It may be canceled although Stripe has answered with an error, which Stripe repeats for the key.
      const intent = await readAfterRefusal(error, this.intent(context, id));
      if (isCanceledForPage(intent)) return;
      throw invalidStateIfRefused(error);
    }
  }

  private async openPage(
    context: RequestContext,
    plan: ReplacementPlan,
    idempotencyKey: string,
  ): Promise<Stripe.Checkout.Session> {
    try {
      return await this.stripe.write(context, idempotencyKey, (stripe, options) =>
        stripe.checkout.sessions.create(plan.session, options),
      );
    } catch (error) {
      // The page of a request that our database has lost is looked up: the PaymentIntent is canceled.
      if (isKeyReused(error)) unprovedAfterPart(error);
      throw error;
    }
  }

  private intent(context: RequestContext, id: string): Promise<Stripe.PaymentIntent> {
    return this.stripe.read(context, (stripe) => stripe.paymentIntents.retrieve(id));
  }
}

/** The same payment on a page of Stripe's. */
function sessionFor(
  intent: Stripe.PaymentIntent,
  { paymentId, pageUrl, returnUrl }: ConfirmStep,
  operationId: string,
): Stripe.Checkout.SessionCreateParams {
  const { amount, currency, description, metadata, capture_method: captureMethod } = intent;
  const customer = idOf(intent.customer);
  const ours = { [OPERATION_ID]: operationId, [REPLACED_PAYMENT]: paymentId };
  const suffix = intent.statement_descriptor_suffix;
  return {
    mode: 'payment',
    line_items: [
      {
        quantity: 1,
        price_data: { currency, unit_amount: amount, product_data: { name: nameOf(description) } },
      },
    ],
    success_url: returnUrl,
    cancel_url: pageUrl,
    allowed_payment_method_types: ['card'],
    metadata: ours,
    ...(customer !== undefined && { customer }),
    payment_intent_data: {
      metadata: { ...metadata, ...ours },
      ...(description !== null && { description }),
      ...(suffix !== null && { statement_descriptor_suffix: suffix }),
      ...(captureMethod === 'manual' && { capture_method: captureMethod }),
    },
  };
}

/** A product has a shorter name than a PaymentIntent's description, and an empty one is refused. */
function nameOf(description: string | null): string {
  const name = Array.from((description ?? '').trim())
    .slice(0, NAME_MAX_LENGTH)
    .join('');
  return name || UNDESCRIBED;
}

function replaced(session: Stripe.Checkout.Session, { paymentId }: ReplacementPlan): Replaced {
  return {
    next: { id: session.id, url: session.url },
    paymentId,
    snapshot: snapshotOfSession(session),
    requestId: requestIdOf(session),
  };
}
