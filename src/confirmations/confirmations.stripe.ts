import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { Problem } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { operationIdOf } from '#stripe/find-by-metadata.js';
import { notFoundIfMissing } from '#stripe/not-found-if-missing.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import type { Found } from '../operations/operation.js';
import { RETURN_URL } from '../payments/payment-ids.js';
import type { PaymentObjects } from '../payments/payment-reader.stripe.js';
import { PaymentReferences } from '../payments/payment-references.stripe.js';
import { isCanceledForPage } from '../payments/replacement-pages.stripe.js';
import type { Confirmation, ConfirmStep } from './confirmation.js';
import { MerchantName } from './merchant-name.stripe.js';

/** Confirms a PaymentIntent with the card that waits for its holder. */
export interface AuthenticationPlan {
  paymentIntentId: string;
  paymentMethod: string;
  returnUrl: string;
}

/** Where the customer goes next; `url` is null if the payment needs nothing more. */
export interface NextPage {
  /** The PaymentIntent or the Checkout Session. */
  id: string;
  url: string | null;
}

/** https://docs.stripe.com/payments/paymentintents/lifecycle */
export const OPEN_STATUSES: ReadonlySet<Stripe.PaymentIntent.Status> = new Set([
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
]);

/** After these errors, the same card may succeed once its holder is there. */
const AUTHENTICABLE = new Set<string | undefined>([
  'authentication_required',
  'payment_intent_authentication_failure',
]);

/** Reads how a payment stands, and has its card authenticated: https://docs.stripe.com/payments/3d-secure/authentication-flow */
@Injectable()
export class ConfirmationsStripe {
  constructor(
    private readonly stripe: StripeProvider,
    private readonly references: PaymentReferences,
    private readonly merchant: MerchantName,
  ) {}

  /** How a payment stands. @throws {Problem} `not-found` if Stripe does not know it */
  async find(context: RequestContext, { sessionId, paymentIntentId }: PaymentObjects): Promise<Confirmation> {
    if (sessionId !== null) return this.ofSession(context, sessionId);
    if (paymentIntentId === null) throw new Problem('not-found');
    return this.ofIntent(context, await this.intent(context, paymentIntentId));
  }

  /** Plans a confirmation with the card that waits for its holder. @throws {Problem} `invalid-state` if none does */
  async plan(
    context: RequestContext,
    paymentIntentId: string,
    { returnUrl }: ConfirmStep,
  ): Promise<AuthenticationPlan> {
    const paymentMethod = waitingCard(await this.intent(context, paymentIntentId))?.id;
    if (paymentMethod === undefined) throw new Problem('invalid-state');
    return { paymentIntentId, paymentMethod, returnUrl };
  }

  /**
   * Confirms with the customer there. With a `return_url`, Stripe answers with a page for the authentication, so no script
   * is needed: https://docs.stripe.com/api/payment_intents/confirm#confirm_payment_intent-return_url
   *
   * @throws {Problem} `card-declined`, or `invalid-state` if it was paid or canceled in the meantime
   */
  async authenticate(
    context: RequestContext,
    { paymentIntentId, paymentMethod, returnUrl }: AuthenticationPlan,
    idempotencyKey: string,
  ): Promise<NextPage> {
    const params = { payment_method: paymentMethod, return_url: returnUrl };
    return nextPageOf(
      await this.stripe.write(context, idempotencyKey, (stripe, options) =>
        stripe.paymentIntents.confirm(paymentIntentId, params, options),
      ),
    );
  }

  /** Finds out whether a payment was confirmed. */
  async findAuthenticated(
    context: RequestContext,
    { paymentIntentId }: AuthenticationPlan,
  ): Promise<Found<NextPage>> {
    const intent = await this.intent(context, paymentIntentId);
    const next = nextPageOf(intent);
    return OPEN_STATUSES.has(intent.status) && next.url === null ? 'not-done' : { result: next };
  }

  /** The page that a payment waits for. */
  async nextPage(context: RequestContext, paymentIntentId: string): Promise<NextPage> {
    return nextPageOf(await this.intent(context, paymentIntentId));
  }

  private async ofSession(context: RequestContext, sessionId: string): Promise<Confirmation> {
    const session = await notFoundIfMissing(
      this.stripe.read(context, (stripe) =>
        stripe.checkout.sessions.retrieve(sessionId, { expand: ['line_items'] }),
      ),
    );
    if (session.status === 'expired') return { kind: 'closed', mayHavePage: false };
    if (session.status === 'open' && session.url !== null) {
      const payment = {
        merchant: await this.merchant.find(context),
        description: session.line_items?.data[0]?.description ?? null,
        amountMinor: session.amount_total ?? 0,
        currency: session.currency ?? '',
      };
      return { kind: 'elsewhere', payment, url: session.url };
    }
    const intentId = await this.references.paymentIntentId(context, session);
    // A session without a PaymentIntent needs no payment.
    if (intentId === undefined) return { kind: 'done', returnUrl: null };
    return this.ofIntent(context, await this.intent(context, intentId));
  }

  private async ofIntent(context: RequestContext, intent: Stripe.PaymentIntent): Promise<Confirmation> {
    const { status, last_payment_error: error } = intent;
    if (status === 'canceled') return { kind: 'closed', mayHavePage: isCanceledForPage(intent) };
    if (!OPEN_STATUSES.has(status)) return { kind: 'done', returnUrl: intent.metadata[RETURN_URL] ?? null };
    const invoice = await this.invoiceOf(context, intent);
    const payment = {
      merchant: await this.merchant.find(context),
      description: invoice?.lines.data[0]?.description ?? intent.description,
      amountMinor: intent.amount,
      currency: intent.currency,
    };
    const url = intent.next_action?.display_bank_transfer_instructions?.hosted_instructions_url;
    if (url) return { kind: 'elsewhere', payment, url };
    const card = waitingCard(intent);
    return {
      kind: 'open',
      payment,
      card: card && { last4: card.last4 },
      isDeclined: error !== null && error.code !== 'authentication_required',
      invoice: invoice && { page: invoice.hosted_invoice_url ?? null },
    };
  }

  /** A PaymentIntent that an operation has started has none. */
  private async invoiceOf(
    context: RequestContext,
    intent: Stripe.PaymentIntent,
  ): Promise<Stripe.Invoice | undefined> {
    return operationIdOf(intent) === null ? this.references.invoice(context, intent) : undefined;
  }

  private intent(context: RequestContext, id: string): Promise<Stripe.PaymentIntent> {
    return notFoundIfMissing(
      this.stripe.read(context, (stripe) =>
        stripe.paymentIntents.retrieve(id, { expand: ['payment_method'] }),
      ),
    );
  }
}

/** After a failed attempt, Stripe has taken the card off the PaymentIntent; the error still has it. */
function waitingCard(intent: Stripe.PaymentIntent): { id: string; last4: string | null } | undefined {
  const { status, last_payment_error: error, payment_method: current } = intent;
  const isWaiting =
    status === 'requires_payment_method' ? AUTHENTICABLE.has(error?.code) : OPEN_STATUSES.has(status);
  const method = isWaiting ? (current ?? error?.payment_method) : undefined;
  if (!method) return undefined;
  return typeof method === 'string'
    ? { id: method, last4: null }
    : { id: method.id, last4: method.card?.last4 ?? null };
}

function nextPageOf({ id, next_action: action }: Stripe.PaymentIntent): NextPage {
  return { id, url: action?.redirect_to_url?.url ?? null };
}
