import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { OPERATION_ID } from '#stripe/find-by-metadata.js';
import { findSessionByOperationId } from '#stripe/find-session.js';
import { expireSession, findExpiredSession } from '#stripe/expire-session.js';
import { idOf } from '#stripe/id-of.js';
import { undefinedIfMissing } from '#stripe/undefined-if-missing.js';
import { readEach } from '#stripe/read-each.js';
import { isMissing, refusedParam } from '#stripe/stripe-errors.js';
import { requestIdOf, StripeProvider } from '#stripe/stripe.provider.js';
import type { Currency } from '#core/currency.js';
import { invalidField, Problem, unknownObject } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { type PaymentObject, PaymentReferences } from '../payments/payment-references.stripe.js';
import type { ExpiredSession } from '../payments/expiry-recorder.service.js';
import { SHOP_TRANSACTION_ID } from '../payments/payment-ids.js';
import type { ObservedPayment } from '../payments/payment-recorder.service.js';
import { snapshotOfSession } from '../payments/payment-snapshot.stripe.js';
import type { SubscriptionSnapshot } from '../payments/subscription-record.js';
import { snapshotOfOpenPage } from '../payments/subscription-snapshot.stripe.js';
import type { Found } from '../operations/operation.js';
import {
  type Checkout,
  type CheckoutCommand,
  type CheckoutItem,
  isPriceItem,
  type Price,
} from './checkout.js';
import type { Prices } from './checkout-items.js';
import {
  pageOptions,
  paymentOptions,
  refusedOption,
  subscriptionOptions,
} from './checkout-options.stripe.js';
import type { Interval } from './recurrence.js';

export type CheckoutPlan = Stripe.Checkout.SessionCreateParams;

/** A Checkout page that was opened, and its payment. */
export interface StartedCheckout extends ObservedPayment {
  checkout: Checkout;
  /** Of a subscription, which is created once the page is paid. */
  subscription?: SubscriptionSnapshot;
}

const REDIRECT_FIELDS: Readonly<Record<string, keyof CheckoutCommand>> = {
  success_url: 'successRedirect',
  cancel_url: 'failureRedirect',
};
const REFUSED_ITEM = /^line_items\[(\d+)\]\[(price|price_data)\]/;

/** Calls to Stripe about Checkout Sessions and Prices: https://docs.stripe.com/api/checkout/sessions */
@Injectable()
export class CheckoutStripe {
  constructor(
    private readonly stripe: StripeProvider,
    private readonly references: PaymentReferences,
  ) {}

  /** The Prices of all items by id, without those that Stripe does not know. */
  async prices(context: RequestContext, items: readonly CheckoutItem[]): Promise<Prices> {
    const ids = new Set(items.filter(isPriceItem).map(({ priceId }) => priceId));
    const found = await readEach(ids, async (id) => [id, await this.price(context, id)] as const);
    return new Map(found.flatMap(([id, price]) => (price ? [[id, price] as const] : [])));
  }

  /**
   * A Checkout Session. The payment or subscription gets the description, the operation's and the caller's id too: while
   * the session is open, its PaymentIntent does not lead to it.
   */
  plan(
    command: CheckoutCommand,
    currency: Currency,
    customer: string | undefined,
    { operationId, now }: { operationId: string; now: Date },
  ): CheckoutPlan {
    const { mode, items, shopTransactionId, description, metadata } = command;
    const details = {
      ...(description && { description }),
      metadata: {
        ...metadata,
        [OPERATION_ID]: operationId,
        ...(shopTransactionId && { [SHOP_TRANSACTION_ID]: shopTransactionId }),
      },
    };
    return {
      mode,
      line_items: items.map((item) => toLineItem(item, currency)),
      success_url: command.successRedirect,
      cancel_url: command.failureRedirect,
      metadata: { ...metadata, [OPERATION_ID]: operationId },
      ...(customer && { customer }),
      ...(shopTransactionId && { client_reference_id: shopTransactionId }),
      ...pageOptions(command, now),
      ...(mode === 'payment'
        ? { payment_intent_data: { ...details, ...paymentOptions(command) } }
        : { subscription_data: { ...details, ...subscriptionOptions(command) } }),
    };
  }

  /**
   * @throws {Problem} `not-found` or `invalid-request` for an item that Stripe refuses, `not-done` if it is too late for a
   *   page that has to close so soon
   */
  async create(
    context: RequestContext,
    plan: CheckoutPlan,
    idempotencyKey: string,
  ): Promise<StartedCheckout> {
    try {
      const session = await this.stripe.write(context, idempotencyKey, (stripe, options) =>
        stripe.checkout.sessions.create(plan, options),
      );
      if (!session.url) throw new Error(`${session.id} has no URL`);
      return startedCheckout(session);
    } catch (error) {
      throw refusedItem(error) ?? refusedUrl(error) ?? refusedOption(error) ?? error;
    }
  }

  async retrieve(context: RequestContext, sessionId: string): Promise<Checkout> {
    const { id, url } = await this.stripe.read(context, (stripe) =>
      stripe.checkout.sessions.retrieve(sessionId),
    );
    return { id, url };
  }

  /** Finds the Checkout Session that an operation created. */
  async findCreated(
    context: RequestContext,
    plan: CheckoutPlan,
    operationId: string,
    sentAt: Date,
  ): Promise<Found<StartedCheckout>> {
    const { customer } = plan;
    const of = { customer, sentAt };
    const session = await findSessionByOperationId(this.stripe, context, operationId, of);
    return typeof session === 'string' ? session : { result: startedCheckout(session) };
  }

  /** Finds out whether a Checkout Session has expired unpaid. */
  async findExpired(context: RequestContext, sessionId: string): Promise<Found<ExpiredSession>> {
    const session = await findExpiredSession(this.stripe, context, sessionId);
    return session ? { result: expiredSession(session) } : 'not-done';
  }

  /** The id of a payment's Checkout Session; undefined if it was started elsewhere. */
  async findSession(context: RequestContext, payment: PaymentObject): Promise<string | undefined> {
    return (await this.references.session(context, payment))?.id;
  }

  /** Expires a Checkout Session; succeeds if it has already expired. @throws {Problem} `invalid-state` if it is paid */
  async expire(context: RequestContext, sessionId: string, idempotencyKey: string): Promise<ExpiredSession> {
    return expiredSession(await expireSession(this.stripe, context, sessionId, idempotencyKey));
  }

  /** The Price with this id; undefined if Stripe does not know it. */
  async price(context: RequestContext, id: string): Promise<Price | undefined> {
    const price = await undefinedIfMissing(this.stripe.read(context, (stripe) => stripe.prices.retrieve(id)));
    return price && toPrice(price);
  }
}

function startedCheckout(session: Stripe.Checkout.Session): StartedCheckout {
  const { id, url, mode } = session;
  return {
    checkout: { id, url },
    snapshot: snapshotOfSession(session),
    ...(mode === 'subscription' && { subscription: snapshotOfOpenPage(session) }),
    requestId: requestIdOf(session),
  };
}

function expiredSession(session: Stripe.Checkout.Session): ExpiredSession {
  return { sessionId: session.id, requestId: requestIdOf(session) };
}

function toLineItem(item: CheckoutItem, currency: Currency): Stripe.Checkout.SessionCreateParams.LineItem {
  if (isPriceItem(item)) return { price: item.priceId, quantity: item.quantity };
  const { product, quantity, unitAmountMinor, recurrence } = item;
  return {
    quantity,
    price_data: {
      currency,
      unit_amount: unitAmountMinor,
      ...('id' in product ? { product: product.id } : { product_data: { name: product.name } }),
      ...(recurrence && {
        recurring: { interval: recurrence.interval, interval_count: recurrence.intervalCount },
      }),
    },
  };
}

function toPrice({
  product,
  active,
  currency,
  unit_amount: unitAmountMinor,
  recurring,
}: Stripe.Price): Price {
  return {
    productId: idOf(product) ?? '',
    active,
    currency,
    unitAmountMinor,
    metered: recurring?.usage_type === 'metered',
    ...(recurring && {
      recurrence: { interval: recurring.interval as Interval, intervalCount: recurring.interval_count },
    }),
  };
}

/** The problem for a line item that Stripe refuses; undefined for any other error. */
function refusedItem(error: unknown): Problem | undefined {
  const [, index, given] = REFUSED_ITEM.exec(refusedParam(error) ?? '') ?? [];
  if (index === undefined) return undefined;
  const field = `items[${index}].${given === 'price' ? 'priceId' : 'product'}`;
  return isMissing(error) ? unknownObject(field, error) : invalidField(field, 'cannot be sold', error);
}

/** A `url-invalid` that names the field, if Stripe names the parameter. */
function refusedUrl(error: unknown): Problem | undefined {
  const field = REDIRECT_FIELDS[refusedParam(error) ?? ''];
  if (!field || !(error instanceof Problem) || error.slug !== 'url-invalid') return undefined;
  return error.with({ errors: [{ field, message: 'is not accepted by the payment provider' }] });
}
