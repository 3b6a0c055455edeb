import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { Problem } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { operationIdOf } from '#stripe/find-by-metadata.js';
import { findSessionByOperationId } from '#stripe/find-session.js';
import { idOf } from '#stripe/id-of.js';
import { listAll } from '#stripe/pagination.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import type { PaymentDispute, PaymentRefund, PaymentSnapshot } from './payment.js';
import { paymentDisputeOf, paymentRefundOf } from './payment-parts.stripe.js';
import { PaymentReferences } from './payment-references.stripe.js';
import {
  EXPANDED_CHARGE,
  snapshotOfIntent,
  snapshotOfSession,
  subscriptionOf,
} from './payment-snapshot.stripe.js';
import {
  isCanceledForPage,
  type NamedPayment,
  namedPaymentOf,
  ReplacementPages,
} from './replacement-pages.stripe.js';

/** The objects at Stripe that a payment is read from. One of them is known at least. */
export interface PaymentObjects {
  sessionId: string | null;
  paymentIntentId: string | null;
}

/** A payment with its refunds and disputes, as Stripe has them. */
export interface ReadPayment {
  snapshot: PaymentSnapshot;
  /** From the metadata of the PaymentIntent or the Checkout Session; null if no operation has started it. */
  operationId: string | null;
  /** The payment that the Checkout Session says to take the place of; null if there is none. */
  named: NamedPayment | null;
  /** Whether a Checkout Session that is not known may have taken the place of the PaymentIntent. */
  mayHavePage: boolean;
  refunds: PaymentRefund[];
  disputes: PaymentDispute[];
}

/** The ten newest refunds of a Charge, also failed ones, which its amounts do not show. */
const EXPANDED_REFUNDS = 'latest_charge.refunds';

/** Reads payments from Stripe for the record. */
@Injectable()
export class PaymentReader {
  constructor(
    private readonly stripe: StripeProvider,
    private readonly references: PaymentReferences,
    private readonly pages: ReplacementPages,
  ) {}

  /** A Checkout Session for a payment; undefined if it only saves a card, in the mode `setup`. */
  async paymentSession(
    context: RequestContext,
    sessionId: string,
  ): Promise<Stripe.Checkout.Session | undefined> {
    const session = await this.session(context, sessionId);
    return session.mode === 'setup' ? undefined : session;
  }

  /**
   * Reads a payment that has these objects.
   *
   * @param known the session, if it was read already
   */
  async read(
    context: RequestContext,
    { sessionId, paymentIntentId }: PaymentObjects,
    known?: Stripe.Checkout.Session,
  ): Promise<ReadPayment> {
    const session = sessionId === null ? undefined : (known ?? (await this.session(context, sessionId)));
    const intentId =
      paymentIntentId ?? (session && (await this.references.paymentIntentId(context, session)));
    const intent = intentId === undefined ? undefined : await this.intent(context, intentId);
    if (!intent) return { ...(await this.withoutIntent(session)), refunds: [], disputes: [] };
    const invoice = mayHaveInvoice(intent, session)
      ? await this.references.invoice(context, intent)
      : undefined;
    return {
      snapshot: snapshotOfIntent(intent, { session, invoice }),
      operationId: operationIdOf(session ?? intent),
      named: session ? namedPaymentOf(session) : null,
      mayHavePage: !session && isCanceledForPage(intent),
      refunds: await this.refunds(context, intent),
      disputes: await this.disputes(context, intent),
    };
  }

  /**
   * The Checkout Session of a PaymentIntent; undefined if there is none, and for a renewal of a subscription.
   *
   * @param sessionOfOperation while the session is open, only its operation leads from the PaymentIntent to it
   */
  async sessionOf(
    context: RequestContext,
    paymentIntentId: string,
    sessionOfOperation: (operationId: string) => Promise<string | undefined>,
  ): Promise<string | undefined> {
    const intent = await this.intent(context, paymentIntentId);
    const operationId = operationIdOf(intent);
    const known =
      operationId === null
        ? undefined
        : await sessionOfOperation(operationId).catch((error: unknown) =>
            this.unheardSession(context, intent, operationId, error),
          );
    if (known !== undefined) return known;
    const session = await this.references.firstSession(context, { payment_intent: paymentIntentId });
    if (session) return session.id;
    const page = await this.pages.findByAttempt(context, intent);
    if (page !== undefined) return page;
    const invoice = await this.references.invoice(context, intent);
    const subscription = subscriptionOf(invoice);
    if (invoice?.billing_reason !== 'subscription_create' || subscription === undefined) return undefined;
    const ofSubscription = await this.references.firstSession(context, { subscription });
    if (ofSubscription) return ofSubscription.id;
    const starter = operationIdOf(invoice.parent?.subscription_details ?? { metadata: null });
    return starter === null ? undefined : sessionOfOperation(starter);
  }

  /**
   * The Checkout Session that an operation has opened and not heard of. Stripe leads from a PaymentIntent to it only once it is
   * paid.
   *
   * @throws the reason why it is not known yet, if Stripe has none
   */
  private async unheardSession(
    context: RequestContext,
    intent: Stripe.PaymentIntent,
    operationId: string,
    reason: unknown,
  ): Promise<string> {
    if (!(reason instanceof Problem) || reason.slug !== 'in-progress') throw reason;
    const paid = await this.references.firstSession(context, { payment_intent: intent.id });
    if (paid) return paid.id;
    const customer = idOf(intent.customer);
    if (customer === undefined) throw reason;
    const found = await findSessionByOperationId(this.stripe, context, operationId, { customer });
    if (typeof found === 'string') throw reason;
    return found.id;
  }

  private async withoutIntent(session: Stripe.Checkout.Session | undefined) {
    if (!session) throw new Error('a payment has at least one object at Stripe');
    return {
      snapshot: snapshotOfSession(session),
      operationId: operationIdOf(session),
      named: namedPaymentOf(session),
      mayHavePage: false,
    };
  }

  private session(context: RequestContext, id: string): Promise<Stripe.Checkout.Session> {
    return this.stripe.read(context, (stripe) => stripe.checkout.sessions.retrieve(id));
  }

  private intent(context: RequestContext, id: string): Promise<Stripe.PaymentIntent> {
    const expand = [EXPANDED_CHARGE, EXPANDED_REFUNDS];
    return this.stripe.read(context, (stripe) => stripe.paymentIntents.retrieve(id, { expand }));
  }

  /** All that belong to the latest Charge: the ones before it were not paid. */
  private async refunds(
    context: RequestContext,
    { id, latest_charge: charge }: Stripe.PaymentIntent,
  ): Promise<PaymentRefund[]> {
    const newest = charge && typeof charge === 'object' ? charge.refunds : undefined;
    if (!newest) return [];
    const refunds = newest.has_more
      ? await listAll((page) =>
          this.stripe.read(context, (stripe) => stripe.refunds.list({ payment_intent: id, ...page })),
        )
      : newest.data;
    return refunds.map(paymentRefundOf);
  }

  /** `disputed` of the Charge does not decide: Stripe does not document whether an inquiry sets it. */
  private async disputes(
    context: RequestContext,
    { id, latest_charge: charge }: Stripe.PaymentIntent,
  ): Promise<PaymentDispute[]> {
    if (!charge) return [];
    const disputes = await listAll((page) =>
      this.stripe.read(context, (stripe) => stripe.disputes.list({ payment_intent: id, ...page })),
    );
    return disputes.map(paymentDisputeOf);
  }
}

/** A PaymentIntent that an operation has started outside of a subscription has no invoice. */
function mayHaveInvoice(intent: Stripe.PaymentIntent, session: Stripe.Checkout.Session | undefined): boolean {
  return session ? session.mode === 'subscription' : operationIdOf(intent) === null;
}
