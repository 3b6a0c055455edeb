import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import type { RequestContext } from '#core/request-context.js';
import { operationIdOf } from '#stripe/find-by-metadata.js';
import { idOf } from '#stripe/id-of.js';
import { listPages } from '#stripe/pagination.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import { undefinedIfMissing } from '#stripe/undefined-if-missing.js';
import { REPLACED_PAYMENT } from './payment-ids.js';

/** No other operation gives it, so it tells who has canceled: https://docs.stripe.com/api/payment_intents/cancel */
export const CANCELLATION_REASON = 'abandoned';

/** The payment that an object at Stripe says to take the place of, as it has to be then. */
export interface NamedPayment {
  paymentId: string;
  customerId: string;
  amountMinor: number;
  currency: string;
}

/**
 * Decides by Stripe's objects alone which Checkout Sessions have taken the place of a PaymentIntent: what our database lacks after
 * it was restored. Whoever may write at Stripe can put any metadata on an object, so the metadata is not enough.
 */
@Injectable()
export class ReplacementPages {
  constructor(private readonly stripe: StripeProvider) {}

  /** Whether an object has taken the place of the payment that it names. */
  async hasReplaced(context: RequestContext, named: NamedPayment): Promise<boolean> {
    const replaced = await undefinedIfMissing(this.intent(context, named.paymentId));
    return replaced !== undefined && isReplacedBy(replaced, named);
  }

  /** The id of the Checkout Session that has taken the place of a PaymentIntent; undefined if none has. */
  async find(context: RequestContext, paymentIntentId: string): Promise<string | undefined> {
    return (await this.findSession(context, await this.intent(context, paymentIntentId)))?.id;
  }

  /**
   * The same for a PaymentIntent that the customer has tried on such a page. Stripe leads from it to the page only once it is
   * paid. Undefined for one that names no payment.
   */
  async findByAttempt(context: RequestContext, attempt: Stripe.PaymentIntent): Promise<string | undefined> {
    const named = namedBy(attempt, attempt.amount);
    const replaced = named && (await undefinedIfMissing(this.intent(context, named.paymentId)));
    if (!replaced || !isReplacedBy(replaced, named)) return undefined;
    const session = await this.findSession(context, replaced);
    return session && operationIdOf(session) === operationIdOf(attempt) ? session.id : undefined;
  }

  private async findSession(
    context: RequestContext,
    replaced: Stripe.PaymentIntent,
  ): Promise<Stripe.Checkout.Session | undefined> {
    const customer = idOf(replaced.customer);
    if (customer === undefined || !isCanceledForPage(replaced)) return undefined;
    // The customer may be deleted.
    return undefinedIfMissing(this.findSessionOf(context, customer, replaced));
  }

  private async findSessionOf(
    context: RequestContext,
    customer: string,
    replaced: Stripe.PaymentIntent,
  ): Promise<Stripe.Checkout.Session | undefined> {
    const since = { customer, created: { gte: replaced.created } };
    const pages = listPages((page) =>
      this.stripe.read(context, (stripe) => stripe.checkout.sessions.list({ ...since, ...page })),
    );
    for await (const { data } of pages) {
      const found = data.find((session) => {
        const named = namedPaymentOf(session);
        return named !== null && operationIdOf(session) !== null && isReplacedBy(replaced, named);
      });
      if (found) return found;
    }
    return undefined;
  }

  private intent(context: RequestContext, id: string): Promise<Stripe.PaymentIntent> {
    return this.stripe.read(context, (stripe) => stripe.paymentIntents.retrieve(id));
  }
}

/** The payment that a Checkout Session says to take the place of; null for any other session. */
export function namedPaymentOf(session: Stripe.Checkout.Session): NamedPayment | null {
  return session.mode === 'payment' ? namedBy(session, session.amount_total) : null;
}

/** Whether an operation has canceled a PaymentIntent, so that a page can take its place. */
export function isCanceledForPage(intent: Stripe.PaymentIntent): boolean {
  const { status, cancellation_reason: reason } = intent;
  return status === 'canceled' && reason === CANCELLATION_REASON && operationIdOf(intent) !== null;
}

function namedBy(
  { metadata, customer, currency }: Pick<Stripe.Checkout.Session, 'metadata' | 'customer' | 'currency'>,
  amountMinor: number | null,
): NamedPayment | null {
  const paymentId = metadata?.[REPLACED_PAYMENT];
  const customerId = idOf(customer);
  if (!paymentId?.startsWith('pi_') || customerId === undefined) return null;
  return amountMinor === null || currency === null ? null : { paymentId, customerId, amountMinor, currency };
}

function isReplacedBy(intent: Stripe.PaymentIntent, named: NamedPayment): boolean {
  return (
    isCanceledForPage(intent) &&
    named.paymentId === intent.id &&
    named.customerId === idOf(intent.customer) &&
    named.amountMinor === intent.amount &&
    named.currency === intent.currency
  );
}
