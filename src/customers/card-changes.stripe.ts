import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { Problem } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { idOf } from '#stripe/id-of.js';
import { invalidStateIfRefused } from '#stripe/invalid-state.js';
import { listAll } from '#stripe/pagination.js';
import { readAfterRefusal } from '#stripe/read-after-refusal.js';
import { isRefused, unprovedAfterPart, unprovedIfTriedBefore } from '#stripe/stripe-errors.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import { isKeyReused } from '../operations/operation-outcome.js';
import type { PaymentMethod } from './customer.js';
import { hasEnded } from './owner-subscriptions.stripe.js';
import { SavedCardsStripe, toPaymentMethod } from './saved-cards.stripe.js';

/** How a customer's invoices are paid. */
export interface PaymentDefaults {
  /** The customer's default, which may be a bank account; undefined if there is none. */
  customerDefault: string | undefined;
  /** Subscriptions that have not ended and are charged automatically. */
  subscriptions: ChargedSubscription[];
}

/** A subscription that is charged automatically. */
export interface ChargedSubscription {
  id: string;
  /** Its own default; without one, the customer's default is charged. */
  ownDefault: string | undefined;
}

/** Makes a card the default of a customer, and of subscriptions that had another card of their own. */
export interface DefaultPlan {
  customer: string;
  paymentMethod: string;
  subscriptions: string[];
}

/** Detaches the payment methods of one card, after something else has taken its place. */
export interface RemovalPlan {
  paymentMethods: string[];
  replacement: DefaultPlan | null;
  /** Subscriptions that the customer's default pays from then on. Absent from plans of earlier versions. */
  freed?: string[];
}

/**
 * Takes the own default off a subscription, so that the customer's is charged. A default source, such as a bank account, can be
 * the customer's only: https://docs.stripe.com/api/subscriptions/update#update_subscription-default_payment_method
 */
const NO_OWN_DEFAULT = { default_payment_method: '', default_source: '' };

/** Calls to Stripe that change the cards of customers: https://docs.stripe.com/api/payment_methods */
@Injectable()
export class CardChangesStripe {
  constructor(
    private readonly stripe: StripeProvider,
    private readonly savedCards: SavedCardsStripe,
  ) {}

  /** https://docs.stripe.com/api/subscriptions/object#subscription_object-default_payment_method */
  async defaults(context: RequestContext, customer: string): Promise<PaymentDefaults> {
    const [customerDefault, subscriptions] = await Promise.all([
      this.customerDefault(context, customer),
      listAll((page) =>
        this.stripe.read(context, (stripe) => stripe.subscriptions.list({ customer, ...page })),
      ),
    ]);
    return {
      customerDefault,
      subscriptions: subscriptions
        .filter(isChargedAutomatically)
        .map(({ id, default_payment_method: own, default_source: source }) => ({
          id,
          ownDefault: idOf(own) ?? idOf(source),
        })),
    };
  }

  /** The payment method that pays a customer's invoices; undefined if there is none. */
  async customerDefault(context: RequestContext, customer: string): Promise<string | undefined> {
    const found = await this.stripe.read(context, (stripe) => stripe.customers.retrieve(customer));
    if (found.deleted) return undefined;
    return idOf(found.invoice_settings.default_payment_method) ?? idOf(found.default_source);
  }

  /** @throws {Problem} `invalid-state` if Stripe refuses it, as the card is gone by now */
  async makeDefault(context: RequestContext, plan: DefaultPlan, key: string): Promise<void> {
    await inTurn(this.defaultParts(context, plan, key));
  }

  /**
   * Detaches as planned; also succeeds for what is detached already.
   *
   * @param detachKey for what is detached; the key of the defaults by default
   * @throws {Problem} `invalid-state` if Stripe refuses another default
   */
  async remove(
    context: RequestContext,
    { paymentMethods, replacement, freed = [] }: RemovalPlan,
    key: string,
    detachKey = key,
  ): Promise<PaymentMethod[]> {
    const detached: PaymentMethod[] = [];
    await inTurn([
      ...(replacement ? this.defaultParts(context, replacement, key) : []),
      ...freed.map((id) => () => this.updateUnlessEnded(context, id, NO_OWN_DEFAULT, `${key}-${id}`)),
      ...paymentMethods.map((id) => async () => {
        detached.push(await this.detach(context, id, `${detachKey}-${id}`));
      }),
    ]);
    return detached;
  }

  /** Makes a card the default of the subscriptions, and then of the customer. */
  private defaultParts(
    context: RequestContext,
    { customer, paymentMethod, subscriptions }: DefaultPlan,
    key: string,
  ): Part[] {
    const payment = { default_payment_method: paymentMethod };
    return [
      ...subscriptions.map((id) => () => this.updateUnlessEnded(context, id, payment, `${key}-${id}`)),
      () => this.updateCustomer(context, customer, { invoice_settings: payment }, `${key}-default`),
    ];
  }

  /** @throws {Problem} `invalid-state` if Stripe refuses it */
  private async updateCustomer(
    context: RequestContext,
    id: string,
    params: Stripe.CustomerUpdateParams,
    key: string,
  ): Promise<void> {
    try {
      await this.stripe.write(context, key, (stripe, options) =>
        stripe.customers.update(id, params, options),
      );
    } catch (error) {
      throw invalidStateIfRefused(error);
    }
  }

  /**
   * Also succeeds for a subscription that has ended since it was planned: nothing is charged for it any more.
   *
   * @throws {Problem} `invalid-state` if Stripe refuses it
   */
  private async updateUnlessEnded(
    context: RequestContext,
    id: string,
    params: Stripe.SubscriptionUpdateParams,
    key: string,
  ): Promise<void> {
    try {
      await this.stripe.write(context, key, (stripe, options) =>
        stripe.subscriptions.update(id, params, options),
      );
    } catch (error) {
      if (!isRefused(error)) throw error;
      const refusal = new Problem('invalid-state', {}, error);
      const subscription = this.stripe.read(context, (stripe) => stripe.subscriptions.retrieve(id));
      if (!hasEnded(await readAfterRefusal(refusal, subscription))) throw refusal;
    }
  }

  private async detach(context: RequestContext, id: string, key: string): Promise<PaymentMethod> {
    try {
      return toPaymentMethod(
        await this.stripe.write(context, key, (stripe, options) =>
          stripe.paymentMethods.detach(id, {}, options),
        ),
      );
    } catch (error) {
      if (!isRefused(error)) throw error;
      const { method, customer } = await readAfterRefusal(error, this.savedCards.find(context, id));
      if (customer !== undefined) throw error;
      return method;
    }
  }
}

/** One of the calls that a change of cards takes. */
type Part = () => Promise<void>;

/**
 * Makes calls one after the other. Once one may be done, a refusal of another one does not tell that nothing was. Nor does it if Stripe
 * knows the key with another plan, of a request that the database has lost: a part of that may be done.
 */
async function inTurn(parts: readonly Part[]): Promise<void> {
  for (const [index, part] of parts.entries()) {
    try {
      await part();
    } catch (error) {
      const isKnown = isKeyReused(error);
      if (index === 0 && !isKnown) unprovedIfTriedBefore(error);
      else unprovedAfterPart(error);
      throw isKnown ? new Problem('not-done', {}, error) : error;
    }
  }
}

function isChargedAutomatically(subscription: Stripe.Subscription): boolean {
  return !hasEnded(subscription) && subscription.collection_method === 'charge_automatically';
}
