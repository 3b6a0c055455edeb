import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { isMissing } from '../../libs/stripe/stripe-errors.js';
import { everyPage } from '../../libs/stripe/every-page.js';
import { StripeProvider } from '../../libs/stripe/stripe.provider.js';
import type { Owner } from '../core/actor.js';
import type { BillingDetails, Card, Customer, CustomerDetails, PaymentInformation } from './customer.js';

/** Our calls about customers and their cards, and what we make of Stripe's answers. */
@Injectable()
export class CustomersStripe {
  constructor(private readonly stripe: StripeProvider) {}

  /** The same parameters and key for the same owner, always: however often it runs, one customer is made. */
  async create({ tenant, userId }: Owner): Promise<string> {
    const identity = createHash('sha256')
      .update(JSON.stringify([tenant, userId]))
      .digest('hex');
    const customer = await this.stripe.write(`paydesk-customer-${identity}`, (stripe, options) =>
      stripe.customers.create({ metadata: { paydesk_tenant: tenant, paydesk_user_id: userId } }, options),
    );
    return customer.id;
  }

  async update(id: string, details: CustomerDetails, idempotencyKey: string): Promise<Customer> {
    const customer = await this.stripe.write(idempotencyKey, (stripe, options) =>
      stripe.customers.update(id, { ...details }, options),
    );
    return toCustomer(customer);
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

  /** All cards, newest first. */
  async cards(id: string): Promise<Card[]> {
    const methods = await everyPage((page) =>
      this.stripe.read((stripe) => stripe.customers.listPaymentMethods(id, { type: 'card', ...page })),
    );
    return methods.map(toCard);
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
    try {
      const customer = await this.stripe.read((stripe) => stripe.customers.retrieve(id, params));
      return customer.deleted ? undefined : customer;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }
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
