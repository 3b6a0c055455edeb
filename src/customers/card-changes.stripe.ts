import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { Problem } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { idOf } from '#stripe/id-of.js';
import { listAll } from '#stripe/pagination.js';
import { readEach } from '#stripe/read-each.js';
import { readAfterRefusal } from '#stripe/read-after-refusal.js';
import { isRefused } from '#stripe/stripe-errors.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import type { PaymentMethod } from './customer.js';
import { toPaymentMethod } from './saved-cards.stripe.js';

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

/** A payment method, and the customer that it is attached to, if any. */
export interface Attachment {
  method: PaymentMethod;
  customer: string | undefined;
}

const ENDED = new Set<Stripe.Subscription.Status>(['canceled', 'incomplete_expired']);

/** Calls to Stripe that change the cards of customers: https://docs.stripe.com/api/payment_methods */
@Injectable()
export class CardChangesStripe {
  constructor(private readonly stripe: StripeProvider) {}

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
  async makeDefault(
    context: RequestContext,
    { customer, paymentMethod, subscriptions }: DefaultPlan,
    key: string,
  ): Promise<void> {
    try {
      const payment = { default_payment_method: paymentMethod };
      for (const id of subscriptions) await this.updateUnlessEnded(context, id, payment, `${key}-${id}`);
      await this.stripe.write(context, `${key}-default`, (stripe, options) =>
        stripe.customers.update(
          customer,
          { invoice_settings: { default_payment_method: paymentMethod } },
          options,
        ),
      );
    } catch (error) {
      throw isRefused(error) ? new Problem('invalid-state', {}, error) : error;
    }
  }

  /** Detaches as planned; also succeeds for what is detached already. */
  async remove(
    context: RequestContext,
    { paymentMethods, replacement, freed = [] }: RemovalPlan,
    key: string,
  ): Promise<PaymentMethod[]> {
    if (replacement) await this.makeDefault(context, replacement, key);
    await this.free(context, freed, key);
    const detached: PaymentMethod[] = [];
    for (const id of paymentMethods) detached.push(await this.detach(context, id, `${key}-${id}`));
    return detached;
  }

  /**
   * Takes the own default off subscriptions, so that the customer's is charged. A default source, such as a bank account, can
   * be the customer's only: https://docs.stripe.com/api/subscriptions/update#update_subscription-default_payment_method
   *
   * @throws {Problem} `invalid-state` if Stripe refuses it
   */
  private async free(context: RequestContext, subscriptions: readonly string[], key: string): Promise<void> {
    const nothing = { default_payment_method: '', default_source: '' };
    try {
      for (const id of subscriptions) await this.updateUnlessEnded(context, id, nothing, `${key}-${id}`);
    } catch (error) {
      throw isRefused(error) ? new Problem('invalid-state', {}, error) : error;
    }
  }

  /** Payment methods with the customers that they are attached to. */
  async attachments(context: RequestContext, paymentMethods: readonly string[]): Promise<Attachment[]> {
    const found = await readEach(paymentMethods, (id) => this.retrieve(context, id));
    return found.map((method) => ({ method: toPaymentMethod(method), customer: idOf(method.customer) }));
  }

  /** Also succeeds for a subscription that has ended since it was planned: nothing is charged for it any more. */
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
      const subscription = this.stripe.read(context, (stripe) => stripe.subscriptions.retrieve(id));
      if (!ENDED.has((await readAfterRefusal(error, subscription)).status)) throw error;
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
      const method = await readAfterRefusal(error, this.retrieve(context, id));
      if (method.customer !== null) throw error;
      return toPaymentMethod(method);
    }
  }

  private retrieve(context: RequestContext, id: string): Promise<Stripe.PaymentMethod> {
    return this.stripe.read(context, (stripe) => stripe.paymentMethods.retrieve(id));
  }
}

/** Stripe's list has no canceled subscriptions: https://docs.stripe.com/api/subscriptions/list */
function isChargedAutomatically({ status, collection_method: collection }: Stripe.Subscription): boolean {
  return status !== 'incomplete_expired' && collection === 'charge_automatically';
}
