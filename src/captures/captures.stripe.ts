import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { isCurrency } from '#core/currency.js';
import { Problem } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { expireSession, findExpiredSession } from '#stripe/expire-session.js';
import { idOf } from '#stripe/id-of.js';
import { readAfterRefusal } from '#stripe/read-after-refusal.js';
import { isRefused } from '#stripe/stripe-errors.js';
import { requestIdOf, StripeProvider } from '#stripe/stripe.provider.js';
import type { Found } from '../operations/operation.js';
import type { ExpiredSession } from '../payments/expiry-recorder.service.js';
import type { ObservedEnd } from '../payments/end-recorder.service.js';
import type { PaymentObject } from '../payments/payment-references.stripe.js';
import { EXPANDED_CHARGE, snapshotOfIntent } from '../payments/payment-snapshot.stripe.js';
import { ReplacementsStore } from '../payments/replacements.store.js';
import type { OpenPayment, PaymentEnd } from './capture.js';

/** What is canceled. */
export interface CancelPlan {
  paymentIntentId: string;
  sessionId: string | null;
}

/** What is captured, and how much of it. */
export interface CapturePlan extends CancelPlan {
  amountMinor: number;
}

/** A Checkout page in place of the PaymentIntent, which is closed. */
export interface ClosePlan {
  pageId: string;
}

/** A payment whose page was closed, with what is recorded of it. */
export interface Closed extends ExpiredSession {
  result: PaymentEnd;
}

/** A payment that was captured or canceled, with what is recorded of it. */
export interface Ended extends ObservedEnd {
  result: PaymentEnd;
}

/** The metadata key of the operation that has captured a payment. `operation_id` is the one that has started it. */
const CAPTURE_ID = 'paydesk_capture_id';

/** https://docs.stripe.com/api/payment_intents/cancel */
const CANCELABLE: ReadonlySet<Stripe.PaymentIntent.Status> = new Set([
  'requires_payment_method',
  'requires_capture',
  'requires_confirmation',
  'requires_action',
]);

/** Calls to Stripe that capture and cancel payments: https://docs.stripe.com/payments/place-a-hold-on-a-payment-method */
@Injectable()
export class CapturesStripe {
  constructor(
    private readonly stripe: StripeProvider,
    private readonly replacements: ReplacementsStore,
  ) {}

  /**
   * The current state of a payment.
   *
   * @throws {Problem} `invalid-state` if nothing was authorized or tried, and for payments of subscriptions
   */
  async find(context: RequestContext, payment: PaymentObject): Promise<OpenPayment> {
    const intent = await this.intentOf(context, payment);
    if (!intent || !isCurrency(intent.currency)) throw new Problem('invalid-state');
    return {
      paymentIntentId: intent.id,
      sessionId: payment.object === 'checkout.session' ? payment.id : null,
      isAuthorized: intent.status === 'requires_capture',
      isCancelable: CANCELABLE.has(intent.status),
      capturableMinor: intent.amount_capturable,
      currency: intent.currency,
    };
  }

  /** @throws {Problem} `invalid-state` if nothing is authorized any more */
  async capture(
    context: RequestContext,
    { paymentIntentId, sessionId, amountMinor }: CapturePlan,
    operationId: string,
    idempotencyKey: string,
  ): Promise<Ended> {
    const params = {
      amount_to_capture: amountMinor,
      metadata: { [CAPTURE_ID]: operationId },
      expand: [EXPANDED_CHARGE],
    };
    const intent = await this.stripe.write(context, idempotencyKey, (stripe, options) =>
      stripe.paymentIntents.capture(paymentIntentId, params, options),
    );
    return captured(intent, sessionId);
  }

  /** Finds out whether an operation has captured a payment. */
  async findCaptured(
    context: RequestContext,
    { paymentIntentId, sessionId }: CapturePlan,
    operationId: string,
  ): Promise<Found<Ended>> {
    const intent = await this.intent(context, paymentIntentId);
    const isCaptured = intent.status === 'succeeded' && intent.metadata[CAPTURE_ID] === operationId;
    return isCaptured ? { result: captured(intent, sessionId) } : 'not-done';
  }

  /** Cancels a payment; succeeds if it is canceled already. @throws {Problem} `invalid-state` if it was paid, or goes on */
  async cancel(
    context: RequestContext,
    { paymentIntentId, sessionId }: CancelPlan,
    idempotencyKey: string,
  ): Promise<Ended> {
    try {
      const intent = await this.stripe.write(context, idempotencyKey, (stripe, options) =>
        stripe.paymentIntents.cancel(paymentIntentId, { expand: [EXPANDED_CHARGE] }, options),
      );
      return canceled(intent, sessionId);
    } catch (error) {
      if (!isRefused(error)) throw error;
      const intent = await readAfterRefusal(error, this.intent(context, paymentIntentId));
      if (!(await this.isEnded(intent))) throw new Problem('invalid-state', {}, error);
      return canceled(intent, sessionId);
    }
  }

  /** Closes the page of a payment; succeeds if it has expired already. @throws {Problem} `invalid-state` if it was paid */
  async closePage(context: RequestContext, plan: ClosePlan, idempotencyKey: string): Promise<Closed> {
    return closed(await expireSession(this.stripe, context, plan.pageId, idempotencyKey));
  }

  /** Finds out whether the page of a payment has expired. */
  async findClosed(context: RequestContext, { pageId }: ClosePlan): Promise<Found<Closed>> {
    const session = await findExpiredSession(this.stripe, context, pageId);
    return session ? { result: closed(session) } : 'not-done';
  }

  /** Finds out whether a payment is canceled. */
  async findCanceled(
    context: RequestContext,
    { paymentIntentId, sessionId }: CancelPlan,
  ): Promise<Found<Ended>> {
    const intent = await this.intent(context, paymentIntentId);
    return (await this.isEnded(intent)) ? { result: canceled(intent, sessionId) } : 'not-done';
  }

  /** A PaymentIntent is canceled too when a Checkout page takes its place, and then the payment goes on. */
  private async isEnded({ id, status }: Stripe.PaymentIntent): Promise<boolean> {
    return status === 'canceled' && !(await this.replacements.isReplaced(id));
  }

  private async intentOf(
    context: RequestContext,
    payment: PaymentObject,
  ): Promise<Stripe.PaymentIntent | undefined> {
    if (payment.object === 'payment_intent') return payment;
    const isOneTime = payment.object === 'charge' || payment.object === 'checkout.session';
    const id = isOneTime ? idOf(payment.payment_intent) : undefined;
    return id === undefined ? undefined : this.intent(context, id);
  }

  private intent(context: RequestContext, id: string): Promise<Stripe.PaymentIntent> {
    return this.stripe.read(context, (stripe) =>
      stripe.paymentIntents.retrieve(id, { expand: [EXPANDED_CHARGE] }),
    );
  }
}

function closed(session: Stripe.Checkout.Session): Closed {
  const { id, amount_total: amountMinor, currency } = session;
  return {
    result: { id, status: 'canceled', amountMinor: amountMinor ?? 0, currency: currency ?? '' },
    sessionId: id,
    requestId: requestIdOf(session),
  };
}

function captured(intent: Stripe.PaymentIntent, sessionId: string | null): Ended {
  return ended(intent, sessionId, 'succeeded', intent.amount_received);
}

function canceled(intent: Stripe.PaymentIntent, sessionId: string | null): Ended {
  return ended(intent, sessionId, 'canceled', intent.amount);
}

function ended(
  intent: Stripe.PaymentIntent,
  sessionId: string | null,
  status: PaymentEnd['status'],
  amountMinor: number,
): Ended {
  return {
    result: { id: intent.id, status, amountMinor, currency: intent.currency },
    snapshot: snapshotOfIntent(intent),
    sessionId,
    requestId: requestIdOf(intent),
  };
}
