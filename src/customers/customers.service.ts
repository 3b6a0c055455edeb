import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Owner } from '../core/actor.js';
import { Problem, unknownObject } from '../core/problem.js';
import type { Card, Customer, CustomerDetails, PaymentInformation } from './customer.js';
import { CustomersStore } from './customers.store.js';
import { CustomersStripe } from './customers.stripe.js';

const NO_INFORMATION: PaymentInformation = {
  balanceMinor: null,
  billingDetails: { name: null, email: null, phone: null, address: null },
  card: null,
};

/** Who is which Stripe customer, and what they pay with. */
@Injectable()
export class CustomersService {
  private readonly beingMade = new Map<string, Promise<string>>();

  constructor(
    private readonly store: CustomersStore,
    private readonly stripe: CustomersStripe,
  ) {}

  /** The Stripe customer of an owner, where there is one. */
  findId(owner: Owner): Promise<string | undefined> {
    return this.store.find(owner);
  }

  /** The Stripe customer of an owner, made where there is none yet; one, however many ask at once. */
  async ensureId(owner: Owner): Promise<string> {
    return (await this.store.find(owner)) ?? (await this.makeOnce(owner));
  }

  /** @throws {Problem} `not-found` for an owner without a customer */
  async show(owner: Owner): Promise<Customer> {
    const id = await this.store.find(owner);
    const customer = id && (await this.stripe.find(id));
    if (!customer) throw new Problem('not-found');
    return customer;
  }

  /**
   * Makes an existing Stripe customer stand for an owner.
   *
   * @throws {Problem} `not-found` where Stripe has no such customer, `invalid-state` where one of the two is
   *   linked otherwise already
   */
  async link(owner: Owner, stripeCustomerId: string): Promise<Customer> {
    const customer = await this.stripe.find(stripeCustomerId);
    if (!customer) throw unknownObject('stripeCustomerId');
    if ((await this.store.link(owner, stripeCustomerId)) !== stripeCustomerId)
      throw new Problem('invalid-state');
    return customer;
  }

  /** Sets what is known about an owner's customer, made where there is none yet. */
  async describe(owner: Owner, details: CustomerDetails): Promise<Customer> {
    return this.stripe.update(await this.ensureId(owner), details, randomUUID());
  }

  /** Nothing known, rather than an error, for an owner without a customer. */
  async paymentInformation(owner: Owner): Promise<PaymentInformation> {
    const id = await this.store.find(owner);
    return (id && (await this.stripe.paymentInformation(id))) || NO_INFORMATION;
  }

  /** All cards of an owner, newest first. */
  async cards(owner: Owner): Promise<Card[]> {
    const id = await this.store.find(owner);
    return id ? this.stripe.cards(id) : [];
  }

  private makeOnce(owner: Owner): Promise<string> {
    const key = JSON.stringify([owner.tenant, owner.userId]);
    const running = this.beingMade.get(key);
    if (running) return running;
    const made = this.make(owner).finally(() => this.beingMade.delete(key));
    this.beingMade.set(key, made);
    return made;
  }

  private async make(owner: Owner): Promise<string> {
    const id = await this.store.link(owner, await this.stripe.create(owner));
    if (!id)
      throw new Problem('internal-error', {}, new Error('the Stripe customer is linked to another owner'));
    return id;
  }
}
