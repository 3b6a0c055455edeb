import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { createdInAccountUnderKey, findByMetadata } from '#stripe/find-by-metadata.js';
import { idOf } from '#stripe/id-of.js';
import { undefinedIfMissing } from '#stripe/undefined-if-missing.js';
import { refusedParam } from '#stripe/stripe-errors.js';
import { readKey } from '#stripe/shared-reads.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import type { Owner } from '#core/actor.js';
import { DryRunEnd } from '#core/dry-run.js';
import { invalidField } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import type { Found } from '../operations/operation.js';
import { isKeyReused } from '../operations/operation-outcome.js';
import type { BillingDetails, Customer, CustomerDetails, PaymentInformation } from './customer.js';
import { toCard } from './saved-cards.stripe.js';

/** From a day before a creation was first sent to a day after, when it is not sent again. */
const CREATION_WINDOW_SECONDS = 49 * 60 * 60;

/** The newest ten. https://docs.stripe.com/api/customers/object#customer_object-tax_ids */
const TAX_IDS = 'tax_ids';

/** Stands for the id of a customer that a dry run does not create. */
const NEW_CUSTOMER = 'cus_new';

/** The parameters and the idempotency key of a customer's creation. */
export interface CustomerCreation {
  params: { metadata: Record<string, string> };
  key: string;
}

/** Calls to Stripe about customers. */
@Injectable()
export class CustomersStripe {
  constructor(private readonly stripe: StripeProvider) {}

  /** Always the same for a generation, so that repeated requests create one customer. */
  creationFor(owner: Owner, generation: number): CustomerCreation {
    const identity = createHash('sha256')
      .update(JSON.stringify([owner.tenant, owner.userId, generation]))
      .digest('hex');
    // A customer that was unlinked must not be taken for the next one.
    const metadata = {
      ...ownerMetadata(owner),
      ...(generation > 1 && { paydesk_generation: String(generation) }),
    };
    return { params: { metadata }, key: `paydesk-customer-${identity}` };
  }

  /**
   * Creates a customer. Earlier versions sent the same key without the generation. Then the creation is sent again as they did,
   * and Stripe repeats its answer.
   *
   * @returns the id of the created customer
   * @throws {Problem} `idempotency-key-reused` if Stripe knows the key with still other parameters
   */
  async create(context: RequestContext, { params, key }: CustomerCreation): Promise<string> {
    try {
      return await this.send(context, params, key);
    } catch (error) {
      const { paydesk_generation: generation, ...metadata } = params.metadata;
      if (!isKeyReused(error) || generation === undefined) throw error;
      return this.send(context, { metadata }, key);
    }
  }

  /** In a dry run, what would create a customer, which goes on with an id that stands for it. */
  async rehearseCreation(context: RequestContext, owner: Owner): Promise<string> {
    try {
      return await this.create(context, this.creationFor(owner, 1));
    } catch (error) {
      if (!(error instanceof DryRunEnd)) throw error;
      return NEW_CUSTOMER;
    }
  }

  /** Finds the customer that {@link create} created. */
  async findCreated(
    context: RequestContext,
    { params }: CustomerCreation,
    sentAt: Date,
  ): Promise<Found<string>> {
    const { gte } = createdInAccountUnderKey(sentAt);
    const created = await findByMetadata(params.metadata, (page) =>
      this.stripe.read(context, (stripe) =>
        stripe.customers.list({ created: { gte, lte: gte + CREATION_WINDOW_SECONDS }, ...page }),
      ),
    );
    return typeof created === 'string' ? created : { result: created.id };
  }

  /** @throws {Problem} `invalid-request` for a value that Stripe refuses, such as more than 50 metadata keys */
  async update(
    context: RequestContext,
    id: string,
    details: CustomerDetails,
    idempotencyKey: string,
  ): Promise<Customer> {
    try {
      return toCustomer(
        await this.stripe.write(context, idempotencyKey, (stripe, options) =>
          stripe.customers.update(id, { ...toParams(details), expand: [TAX_IDS] }, options),
        ),
      );
    } catch (error) {
      const [refused] = /^(email|name|phone|address|metadata)\b/.exec(refusedParam(error) ?? '') ?? [];
      if (refused) throw invalidField(refused, 'is refused by Stripe', error);
      throw error;
    }
  }

  /** The customer with this id; undefined if it is unknown or deleted. */
  async find(context: RequestContext, id: string): Promise<Customer | undefined> {
    const customer = await this.retrieve(context, id, { expand: [TAX_IDS] });
    return customer && toCustomer(customer);
  }

  /** The id itself; undefined if the customer is unknown or deleted. */
  async findId(context: RequestContext, id: string): Promise<string | undefined> {
    return (await this.retrieve(context, id))?.id;
  }

  /**
   * With the card that Stripe charges by default, else the newest; undefined if the customer is unknown or deleted.
   * https://docs.stripe.com/api/customers/object#customer_object-default_source
   */
  async paymentInformation(context: RequestContext, id: string): Promise<PaymentInformation | undefined> {
    const customer = await this.retrieve(context, id, {
      expand: ['invoice_settings.default_payment_method'],
    });
    if (!customer) return undefined;
    const preferred = customer.invoice_settings.default_payment_method as Stripe.PaymentMethod | null;
    const method = preferred?.card ? preferred : await this.fallbackCard(context, customer);
    return {
      balanceMinor: customer.balance,
      billingDetails: toBillingDetails(customer),
      card: method ? toCard(method) : null,
    };
  }

  /** Whether the customer was deleted at Stripe. Throws if it is unknown there. */
  async isDeleted(context: RequestContext, id: string): Promise<boolean> {
    const customer = await this.stripe.read(context, (stripe) => stripe.customers.retrieve(id));
    return customer.deleted === true;
  }

  private async send(
    context: RequestContext,
    params: Stripe.CustomerCreateParams,
    key: string,
  ): Promise<string> {
    const { id } = await this.stripe.write(context, key, (stripe, options) =>
      stripe.customers.create(params, options),
    );
    return id;
  }

  private async fallbackCard(
    context: RequestContext,
    { id, default_source: source }: Stripe.Customer,
  ): Promise<Stripe.PaymentMethod | undefined> {
    const sourceId = idOf(source);
    const legacy = sourceId === undefined ? undefined : await this.cardOfSource(context, id, sourceId);
    return legacy ?? this.newestCard(context, id);
  }

  /** A card that was saved as a source is also a payment method; undefined for a source of another kind. */
  private async cardOfSource(
    context: RequestContext,
    id: string,
    source: string,
  ): Promise<Stripe.PaymentMethod | undefined> {
    const method = await undefinedIfMissing(
      this.stripe.read(context, (stripe) => stripe.customers.retrievePaymentMethod(id, source)),
    );
    return method?.card ? method : undefined;
  }

  private async newestCard(context: RequestContext, id: string): Promise<Stripe.PaymentMethod | undefined> {
    const { data } = await this.stripe.readShared(context, readKey('newest_card', id), (stripe) =>
      stripe.customers.listPaymentMethods(id, { type: 'card', limit: 1 }),
    );
    return data[0];
  }

  private async retrieve(
    context: RequestContext,
    id: string,
    params: Stripe.CustomerRetrieveParams = {},
  ): Promise<Stripe.Customer | undefined> {
    const customer = await undefinedIfMissing(
      this.stripe.readShared(context, readKey('customer', id, params), (stripe) =>
        stripe.customers.retrieve(id, params),
      ),
    );
    return customer?.deleted ? undefined : customer;
  }
}

/** Identifies an owner's customer. Callers cannot write keys that start with `paydesk_`. */
function ownerMetadata({ tenant, userId }: Owner): Record<string, string> {
  return { paydesk_tenant: tenant, paydesk_user_id: userId };
}

/** The owner for which a customer was created; undefined for one that was not created here. */
export function ownerIn({
  paydesk_tenant: tenant,
  paydesk_user_id: userId,
}: Stripe.Metadata): Owner | undefined {
  return tenant === undefined || userId === undefined ? undefined : { tenant, userId };
}

function toCustomer(customer: Stripe.Customer): Customer {
  const { id, tax_ids: taxIds, metadata } = customer;
  const [newest] = taxIds?.data ?? [];
  const taxId = newest ? { type: newest.type, value: newest.value } : null;
  return { stripeCustomerId: id, ...toBillingDetails(customer), taxId, metadata };
}

function toParams({ address, taxId: _taxId, ...details }: CustomerDetails): Stripe.CustomerUpdateParams {
  if (!address) return details;
  const { postalCode, ...rest } = address;
  return { ...details, address: { ...rest, ...(postalCode !== undefined && { postal_code: postalCode }) } };
}

function toBillingDetails({ name = null, email, phone = null, address }: Stripe.Customer): BillingDetails {
  if (!address) return { name, email, phone, address: null };
  const { line1, line2, city, state, postal_code: postalCode, country } = address;
  return { name, email, phone, address: { line1, line2, city, state, postalCode, country } };
}
