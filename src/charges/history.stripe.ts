import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import type { Page, PageRequest } from '#core/page.js';
import type { RequestContext } from '#core/request-context.js';
import { idOf } from '#stripe/id-of.js';
import type { Picked } from '#stripe/pick-items.js';
import { readKey } from '#stripe/shared-reads.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import { undefinedIfMissing } from '#stripe/undefined-if-missing.js';
import { amountOf } from '../payments/payment-snapshot.stripe.js';
import { isCanceledForPage } from '../payments/replacement-pages.stripe.js';
import type { Charge } from './charge.js';
import { pageOfCustomers } from './customers-page.stripe.js';
import type { Invoice } from './invoice.js';
import type { Payment } from './payment.js';

export const CHARGE_FIELDS = {
  id: true,
  amount: true,
  amount_refunded: true,
  created: true,
  currency: true,
  description: true,
  paid: true,
  payment_intent: true,
  payment_method_details: { card: { brand: true, last4: true } },
  receipt_url: true,
  refunded: true,
  status: true,
} as const;

export const INTENT_FIELDS = {
  id: true,
  amount: true,
  amount_received: true,
  created: true,
  currency: true,
  description: true,
  status: true,
} as const;

export const INVOICE_FIELDS = {
  id: true,
  created: true,
  currency: true,
  hosted_invoice_url: true,
  invoice_pdf: true,
  number: true,
  status: true,
  total: true,
} as const;

/** One payment, as it was read. */
export interface ReadPayment extends Payment {
  /** Whether a page that is not known may have taken its place. */
  mayHavePage: boolean;
}

/** Calls to Stripe that list the Charges, PaymentIntents and Invoices of an owner, who may have had several customers. */
@Injectable()
export class HistoryStripe {
  constructor(private readonly stripe: StripeProvider) {}

  /** Lists the customers' Charges, newest first. @throws {Problem} `not-found` for a cursor that is not among them */
  async charges(
    context: RequestContext,
    customers: readonly string[],
    request: PageRequest,
  ): Promise<Page<Charge>> {
    const page = await pageOfCustomers(
      customers,
      request,
      (id) => this.stripe.read(context, (stripe) => stripe.charges.retrieve(id)),
      (customer) => (params) =>
        this.stripe.listShared(context, readKey('charges', customer, params), CHARGE_FIELDS, (stripe) =>
          stripe.charges.list({ customer, ...params }),
        ),
    );
    return { ...page, items: page.items.map(toCharge) };
  }

  /** The Charge with this id; undefined if it is not one of these customers'. */
  async charge(
    context: RequestContext,
    customers: readonly string[],
    id: string,
  ): Promise<Charge | undefined> {
    const charge = await undefinedIfMissing(
      this.stripe.readShared(context, readKey('charge', id), (stripe) => stripe.charges.retrieve(id)),
    );
    return charge && customers.includes(idOf(charge.customer) ?? '') ? toCharge(charge) : undefined;
  }

  /** Lists the customers' Invoices, newest first. @throws {Problem} `not-found` for a cursor that is not among them */
  async invoices(
    context: RequestContext,
    customers: readonly string[],
    request: PageRequest,
  ): Promise<Page<Invoice>> {
    const page = await pageOfCustomers(
      customers,
      request,
      (id) => this.stripe.read(context, (stripe) => stripe.invoices.retrieve(id)),
      (customer) => (params) =>
        this.stripe.listShared(context, readKey('invoices', customer, params), INVOICE_FIELDS, (stripe) =>
          stripe.invoices.list({ customer, ...params }),
        ),
    );
    return { ...page, items: page.items.map(toInvoice) };
  }

  /** Lists the customers' PaymentIntents, newest first. @throws {Problem} `not-found` for a cursor that is not among them */
  async payments(
    context: RequestContext,
    customers: readonly string[],
    request: PageRequest,
  ): Promise<Page<Payment>> {
    const page = await pageOfCustomers(
      customers,
      request,
      (id) => this.stripe.read(context, (stripe) => stripe.paymentIntents.retrieve(id)),
      (customer) => (params) =>
        this.stripe.listShared(
          context,
          readKey('payment_intents', customer, params),
          INTENT_FIELDS,
          (stripe) => stripe.paymentIntents.list({ customer, ...params }),
        ),
    );
    return { ...page, items: page.items.map(toPayment) };
  }

  /** The PaymentIntent with this id; undefined if it is not one of these customers'. */
  async payment(
    context: RequestContext,
    customers: readonly string[],
    id: string,
  ): Promise<ReadPayment | undefined> {
    const intent = await undefinedIfMissing(
      this.stripe.readShared(context, readKey('payment_intent', id), (stripe) =>
        stripe.paymentIntents.retrieve(id),
      ),
    );
    if (!intent || !customers.includes(idOf(intent.customer) ?? '')) return undefined;
    return { ...toPayment(intent), mayHavePage: isCanceledForPage(intent) };
  }
}

function toPayment(intent: Picked<Stripe.PaymentIntent, typeof INTENT_FIELDS>): Payment {
  return {
    id: intent.id,
    createdAt: new Date(intent.created * 1000),
    description: intent.description,
    amountMinor: amountOf(intent),
    currency: intent.currency,
    status: intent.status as Payment['status'],
  };
}

function toCharge(charge: Picked<Stripe.Charge, typeof CHARGE_FIELDS>): Charge {
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

function toInvoice(invoice: Picked<Stripe.Invoice, typeof INVOICE_FIELDS>): Invoice {
  return {
    id: invoice.id,
    number: invoice.number,
    totalMinor: invoice.total,
    currency: invoice.currency,
    status: invoice.status,
    createdAt: new Date(invoice.created * 1000),
    hostedUrl: invoice.hosted_invoice_url ?? null,
    pdfUrl: invoice.invoice_pdf ?? null,
  };
}
