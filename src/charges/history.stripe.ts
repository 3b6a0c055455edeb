import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import type { Page, PageRequest } from '#core/page.js';
import { unknownObject } from '#core/problem.js';
import { idOf } from '#stripe/id-of.js';
import { readKey } from '#stripe/shared-reads.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import { undefinedIfMissing } from '#stripe/undefined-if-missing.js';
import type { Charge } from './charge.js';
import { type FetchList, mergeLists } from './merge-lists.stripe.js';
import type { Payment } from './payment.js';

/** A PaymentIntent or a Charge. */
interface CustomersItem {
  id: string;
  created: number;
  customer: string | { id: string } | null;
}

/** Calls to Stripe that list the Charges and PaymentIntents of an owner, who may have had several customers. */
@Injectable()
export class HistoryStripe {
  constructor(private readonly stripe: StripeProvider) {}

  /** Lists the customers' Charges, newest first. @throws {Problem} `not-found` for a cursor that is not among them */
  async charges(customers: readonly string[], request: PageRequest): Promise<Page<Charge>> {
    const page = await this.page(
      customers,
      request,
      (id) => this.stripe.read((stripe) => stripe.charges.retrieve(id)),
      (customer) => (params) =>
        this.stripe.readShared(readKey('charges', customer, params), (stripe) =>
          stripe.charges.list({ customer, ...params }),
        ),
    );
    return { ...page, items: page.items.map(toCharge) };
  }

  /** Lists the customers' PaymentIntents, newest first. @throws {Problem} `not-found` for a cursor that is not among them */
  async payments(customers: readonly string[], request: PageRequest): Promise<Page<Payment>> {
    const page = await this.page(
      customers,
      request,
      (id) => this.stripe.read((stripe) => stripe.paymentIntents.retrieve(id)),
      (customer) => (params) =>
        this.stripe.readShared(readKey('payment_intents', customer, params), (stripe) =>
          stripe.paymentIntents.list({ customer, ...params }),
        ),
    );
    return { ...page, items: page.items.map(toPayment) };
  }

  /** The PaymentIntent with this id; undefined if it is not one of these customers'. */
  async payment(customers: readonly string[], id: string): Promise<Payment | undefined> {
    const intent = await undefinedIfMissing(
      this.stripe.readShared(readKey('payment_intent', id), (stripe) => stripe.paymentIntents.retrieve(id)),
    );
    return intent && customers.includes(idOf(intent.customer) ?? '') ? toPayment(intent) : undefined;
  }

  private async page<Item extends CustomersItem>(
    customers: readonly string[],
    { limit, cursor }: PageRequest,
    retrieve: (id: string) => Promise<Item>,
    listOf: (customer: string) => FetchList<Item>,
  ): Promise<Page<Item>> {
    const lists = customers.map((customer) => emptyIfMissing(listOf(customer)));
    if (!cursor) return mergeLists(lists, limit);
    const item = customers.length > 0 ? await undefinedIfMissing(retrieve(cursor.id)) : undefined;
    const listIndex = customers.indexOf(idOf(item?.customer) ?? '');
    if (!item || listIndex === -1) throw unknownObject('cursor');
    const { direction } = cursor;
    return mergeLists(lists, limit, { id: item.id, created: item.created, listIndex, direction });
  }
}

/** A customer that Stripe does not know has no payments there. */
function emptyIfMissing<Item>(fetchList: FetchList<Item>): FetchList<Item> {
  return async (params) => (await undefinedIfMissing(fetchList(params))) ?? { data: [], has_more: false };
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
