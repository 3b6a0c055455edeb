import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { Problem, unknownObject } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { idOf } from '#stripe/id-of.js';
import { listPages } from '#stripe/pagination.js';
import { isMissing } from '#stripe/stripe-errors.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import type { PAYMENT_ID_PREFIXES } from './payment-ids.js';
import { subscriptionOf } from './payment-snapshot.stripe.js';

/** The kinds of Stripe objects by which a payment can be named. */
export type PaymentObject =
  Stripe.Checkout.Session | Stripe.PaymentIntent | Stripe.Charge | Stripe.Invoice | Stripe.Subscription;

/**
 * Finds the objects of a payment by any of its ids, whose prefixes are {@link PAYMENT_ID_PREFIXES}. For an id that a
 * caller gives, use `PaymentAccess.find`.
 */
@Injectable()
export class PaymentReferences {
  constructor(private readonly stripe: StripeProvider) {}

  /** The object with this id. @throws {Problem} `not-found` for an id that Stripe does not know */
  async find(context: RequestContext, id: string): Promise<PaymentObject> {
    try {
      return await this.stripe.read<PaymentObject>(context, (stripe) => retrieve(stripe, id));
    } catch (error) {
      if (isMissing(error)) throw unknownObject('paymentId', error);
      throw error;
    }
  }

  /**
   * The latest Charge of a payment; of a subscription, that of its latest paid invoice. Undefined if no payment was
   * attempted.
   */
  async charge(context: RequestContext, payment: PaymentObject): Promise<Stripe.Charge | undefined> {
    if (payment.object === 'charge') return payment;
    const next = await this.nextReference(context, payment);
    return next === undefined ? undefined : this.charge(context, await this.find(context, next));
  }

  /**
   * What a payment is recorded by: of a subscription or an invoice, the PaymentIntent that was tried last. Nothing if none
   * was, and for a Charge without a PaymentIntent.
   *
   * @throws {Problem} `not-found` for a Checkout Session that only saves a card
   */
  async recordable(
    context: RequestContext,
    payment: PaymentObject,
  ): Promise<{ sessionId?: string; paymentIntentId?: string }> {
    if (payment.object === 'checkout.session') {
      if (payment.mode === 'setup') throw unknownObject('paymentId');
      return { sessionId: payment.id };
    }
    const paymentIntentId = await this.triedIntentId(context, payment);
    if (paymentIntentId !== undefined) return { paymentIntentId };
    const session =
      payment.object === 'subscription'
        ? await this.firstSession(context, { subscription: payment.id })
        : undefined;
    return session ? { sessionId: session.id } : {};
  }

  /** The Checkout Session in which the payment was started; undefined if it was started elsewhere. */
  async session(
    context: RequestContext,
    payment: PaymentObject,
  ): Promise<Stripe.Checkout.Session | undefined> {
    switch (payment.object) {
      case 'checkout.session':
        return payment;
      case 'subscription':
        return this.firstSession(context, { subscription: payment.id });
      case 'invoice':
        return this.sessionOfSubscription(context, payment);
      case 'charge':
      case 'payment_intent': {
        const intent = payment.object === 'charge' ? idOf(payment.payment_intent) : payment.id;
        const session =
          intent === undefined ? undefined : await this.firstSession(context, { payment_intent: intent });
        return session ?? this.sessionOfSubscription(context, await this.invoice(context, payment));
      }
    }
  }

  /**
   * The id of the payment's subscription; undefined if it has none.
   *
   * @throws {Problem} `invalid-state` for an unpaid Checkout Session: Checkout creates the subscription after the
   *   payment
   */
  async subscription(context: RequestContext, payment: PaymentObject): Promise<string | undefined> {
    switch (payment.object) {
      case 'subscription':
        return payment.id;
      case 'checkout.session':
        if (payment.mode === 'subscription' && !payment.subscription) throw new Problem('invalid-state');
        return idOf(payment.subscription);
      case 'invoice':
        return subscriptionOf(payment);
      case 'charge':
      case 'payment_intent': {
        const invoice = await this.invoice(context, payment);
        return invoice && subscriptionOf(invoice);
      }
    }
  }

  /** The id of the PaymentIntent of a Checkout Session; undefined if it has none. */
  async paymentIntentId(
    context: RequestContext,
    { payment_intent: intent, invoice }: Stripe.Checkout.Session,
  ): Promise<string | undefined> {
    const invoiceId = idOf(invoice);
    return idOf(intent) ?? (invoiceId === undefined ? undefined : this.intentOf(context, invoiceId));
  }

  /** The invoice that a payment pays. https://docs.stripe.com/api/invoice-payment/list */
  async invoice(
    context: RequestContext,
    payment: Stripe.Charge | Stripe.PaymentIntent,
  ): Promise<Stripe.Invoice | undefined> {
    const intent = payment.object === 'charge' ? idOf(payment.payment_intent) : payment.id;
    if (intent === undefined) return undefined;
    const { data } = await this.stripe.read(context, (stripe) =>
      stripe.invoicePayments.list({
        payment: { type: 'payment_intent', payment_intent: intent },
        limit: 1,
        expand: ['data.invoice'],
      }),
    );
    // The invoice is expanded, and an invoice with a payment cannot be deleted.
    return data[0]?.invoice as Stripe.Invoice | undefined;
  }

  private nextReference(context: RequestContext, payment: Exclude<PaymentObject, Stripe.Charge>) {
    switch (payment.object) {
      case 'checkout.session':
        return idOf(payment.payment_intent) ?? idOf(payment.invoice);
      case 'subscription':
        return this.latestPaymentOf(context, payment);
      case 'invoice':
        return this.paymentOf(context, payment);
      case 'payment_intent':
        return idOf(payment.latest_charge);
    }
  }

  private async triedIntentId(
    context: RequestContext,
    payment: Exclude<PaymentObject, Stripe.Checkout.Session>,
  ): Promise<string | undefined> {
    switch (payment.object) {
      case 'payment_intent':
        return payment.id;
      case 'charge':
        return idOf(payment.payment_intent);
      case 'invoice':
        return this.intentOf(context, payment.id);
      case 'subscription': {
        const invoice = idOf(payment.latest_invoice);
        const tried = invoice === undefined ? undefined : await this.intentOf(context, invoice);
        const paid = tried ?? (await this.latestPaymentOf(context, payment));
        return paid?.startsWith('pi_') ? paid : undefined;
      }
    }
  }

  /** After a renewal, the latest invoice is a draft for about an hour: the payment before it is the latest. */
  private async latestPaymentOf(
    context: RequestContext,
    subscription: Stripe.Subscription,
  ): Promise<string | undefined> {
    const pages = listPages((page) =>
      this.stripe.read(context, (stripe) =>
        stripe.invoices.list({ subscription: subscription.id, status: 'paid', ...page }),
      ),
    );
    for await (const { data } of pages) {
      for (const invoice of data.filter(({ amount_paid: paidMinor }) => paidMinor > 0)) {
        const payment = await this.paymentOf(context, invoice);
        if (payment !== undefined) return payment;
      }
    }
    return undefined;
  }

  private async paymentOf(context: RequestContext, invoice: Stripe.Invoice): Promise<string | undefined> {
    const { data } = await this.stripe.read(context, (stripe) =>
      stripe.invoicePayments.list({ invoice: invoice.id, status: 'paid', limit: 1 }),
    );
    return idOf(data[0]?.payment.payment_intent) ?? idOf(data[0]?.payment.charge);
  }

  private async intentOf(context: RequestContext, invoice: string): Promise<string | undefined> {
    const { data } = await this.stripe.read(context, (stripe) =>
      stripe.invoicePayments.list({ invoice, limit: 1 }),
    );
    return idOf(data[0]?.payment.payment_intent);
  }

  private async sessionOfSubscription(
    context: RequestContext,
    invoice: Stripe.Invoice | undefined,
  ): Promise<Stripe.Checkout.Session | undefined> {
    const subscription = invoice && subscriptionOf(invoice);
    return subscription === undefined ? undefined : this.firstSession(context, { subscription });
  }

  /** The Checkout Session with this PaymentIntent or subscription; undefined if there is none. */
  async firstSession(
    context: RequestContext,
    of: Pick<Stripe.Checkout.SessionListParams, 'payment_intent' | 'subscription'>,
  ): Promise<Stripe.Checkout.Session | undefined> {
    const { data } = await this.stripe.read(context, (stripe) =>
      stripe.checkout.sessions.list({ ...of, limit: 1 }),
    );
    return data[0];
  }
}

function retrieve(stripe: Stripe, id: string): Promise<PaymentObject> {
  switch (id.slice(0, id.indexOf('_')) as (typeof PAYMENT_ID_PREFIXES)[number]) {
    case 'cs':
      return stripe.checkout.sessions.retrieve(id);
    case 'pi':
      return stripe.paymentIntents.retrieve(id);
    case 'ch':
    case 'py':
      return stripe.charges.retrieve(id);
    case 'in':
      return stripe.invoices.retrieve(id);
    case 'sub':
      return stripe.subscriptions.retrieve(id);
  }
}
