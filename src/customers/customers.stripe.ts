import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { findByMetadata, createdSince } from '#stripe/find-by-metadata.js';
import { listAll } from '#stripe/pagination.js';
import { undefinedIfMissing } from '#stripe/undefined-if-missing.js';
import { refusedParam } from '#stripe/stripe-errors.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import type { Owner } from '#core/actor.js';
import { invalidField } from '#core/problem.js';
import type { Found } from '../operations/operation.js';
import type { BillingDetails, Card, Customer, CustomerDetails, PaymentInformation } from './customer.js';

/** Longer than a key is used again, and so than a first attempt can go on. */
const LOOKED_AT_SECONDS = 25 * 60 * 60;

/** What Stripe is asked to make a customer by. */
export interface CustomerCreation {
  params: Stripe.CustomerCreateParams;
  key: string;
}

/** Our calls about customers and their cards, and what we make of Stripe's answers. */
@Injectable()
export class CustomersStripe {
  constructor(private readonly stripe: StripeProvider) {}

  /** The same for the same generation, always: however often it is sent, one customer is made. */
  creationFor(owner: Owner, generation: number): CustomerCreation {
    const identity = createHash('sha256')
      .update(JSON.stringify([owner.tenant, owner.userId, generation]))
      .digest('hex');
    return { params: { metadata: marksOf(owner) }, key: `paydesk-customer-${identity}` };
  }

  async create({ params, key }: CustomerCreation): Promise<string> {
    const { id } = await this.stripe.write(key, (stripe, options) =>
      stripe.customers.create(params, options),
    );
    return id;
  }

  /** The customer that {@link create} has made when it was first asked to, or within a day. */
  async findMade(owner: Owner, sentAt: Date): Promise<Found<string>> {
    const { gte } = createdSince(sentAt);
    const made = await findByMetadata(marksOf(owner), (page) =>
      this.stripe.read((stripe) =>
        stripe.customers.list({ created: { gte, lte: gte + LOOKED_AT_SECONDS }, ...page }),
      ),
    );
    return typeof made === 'string' ? made : { result: made.id };
  }

  /** @throws {Problem} `invalid-request` naming what Stripe does not take, such as more metadata than it keeps */
  async update(id: string, details: CustomerDetails, idempotencyKey: string): Promise<Customer> {
    try {
      return toCustomer(
        await this.stripe.write(idempotencyKey, (stripe, options) =>
          stripe.customers.update(id, { ...details }, options),
        ),
      );
    } catch (error) {
      const [refused] = /^(email|name|metadata)\b/.exec(refusedParam(error) ?? '') ?? [];
      if (refused) throw invalidField(refused, 'is not taken by Stripe', error);
      throw error;
    }
  }

  /** Undefined where Stripe has no such customer, or no longer has it. */
  async find(id: string): Promise<Customer | undefined> {
    const customer = await this.retrieve(id);
    return customer && toCustomer(customer);
  }

  /** One call where there is a default card; a second one for the newest card where there is none. */
  async paymentInformation(id: string): Promise<PaymentInformation | undefined> {
    const customer = await this.retrieve(id, { expand: ['invoice_settings.default_payment_method'] });
    if (!customer) return undefined;
    const chosen = customer.invoice_settings.default_payment_method as Stripe.PaymentMethod | null;
    const method = chosen?.card ? chosen : await this.newestCard(id);
    return {
      balanceMinor: customer.balance,
      billingDetails: toBillingDetails(customer),
      card: method ? toCard(method) : null,
    };
  }

  /** All cards, newest first; undefined where Stripe has no such customer, or no longer has it. */
  async cards(id: string): Promise<Card[] | undefined> {
    const methods = await undefinedIfMissing(
      listAll((page) =>
        this.stripe.read((stripe) => stripe.customers.listPaymentMethods(id, { type: 'card', ...page })),
      ),
    );
    return methods?.map(toCard);
  }

  /** Whether Stripe says that the customer was deleted, as opposed to never having heard of it. */
  async isDeleted(id: string): Promise<boolean> {
    const customer = await undefinedIfMissing(this.stripe.read((stripe) => stripe.customers.retrieve(id)));
    return customer?.deleted === true;
  }

  private async newestCard(id: string): Promise<Stripe.PaymentMethod | undefined> {
    const { data } = await this.stripe.read((stripe) =>
      stripe.customers.listPaymentMethods(id, { type: 'card', limit: 1 }),
    );
    return data[0];
  }

  private async retrieve(
    id: string,
    params: Stripe.CustomerRetrieveParams = {},
  ): Promise<Stripe.Customer | undefined> {
    const customer = await undefinedIfMissing(
      this.stripe.read((stripe) => stripe.customers.retrieve(id, params)),
    );
    return customer?.deleted ? undefined : customer;
  }
}

/** Marks what is made for an owner; the keys are ours, so that nobody else writes them. */
function marksOf({ tenant, userId }: Owner): Record<string, string> {
  return { paydesk_tenant: tenant, paydesk_user_id: userId };
}

function toCustomer({ id, email, name = null, metadata }: Stripe.Customer): Customer {
  return { stripeCustomerId: id, email, name, metadata };
}

function toBillingDetails({ name = null, email, phone = null, address }: Stripe.Customer): BillingDetails {
  if (!address) return { name, email, phone, address: null };
  const { line1, line2, city, state, postal_code: postalCode, country } = address;
  return { name, email, phone, address: { line1, line2, city, state, postalCode, country } };
}

function toCard({ id, card }: Stripe.PaymentMethod): Card {
  if (!card) throw new Error(`${id} is not a card`);
  return {
    paymentMethodId: id,
    brand: card.brand,
    expMonth: card.exp_month,
    expYear: card.exp_year,
    last4: card.last4,
  };
}
