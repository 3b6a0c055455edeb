import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { isSavedFailure } from '../../libs/stripe/stripe-errors.js';
import type { Owner } from '../core/actor.js';
import { Clock } from '../core/clock.js';
import { Problem, unknownObject } from '../core/problem.js';
import { maySendAgain, provesAbsence } from '../operations/retry-policy.js';
import type { Card, Customer, CustomerDetails, PaymentInformation } from './customer.js';
import { CustomersStore, type Generation } from './customers.store.js';
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
    private readonly clock: Clock,
  ) {}

  /** The Stripe customer of an owner, where there is one. */
  findId(owner: Owner): Promise<string | undefined> {
    return this.store.find(owner);
  }

  /**
   * The Stripe customer of an owner, made where there is none yet, or no longer one; one, however many ask at once.
   *
   * @throws {Problem} `needs-review` where it can't be told whether one was made long ago
   */
  async ensureId(owner: Owner): Promise<string> {
    const living = await this.ask(owner, (id) => this.stripe.find(id));
    return living?.stripeCustomerId ?? this.makeOnce(owner);
  }

  /** @throws {Problem} `not-found` for an owner without a customer */
  async show(owner: Owner): Promise<Customer> {
    const customer = await this.ask(owner, (id) => this.stripe.find(id));
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
    return (await this.ask(owner, (id) => this.stripe.paymentInformation(id))) ?? NO_INFORMATION;
  }

  /** All cards of an owner, newest first. */
  async cards(owner: Owner): Promise<Card[]> {
    return (await this.ask(owner, (id) => this.stripe.cards(id))) ?? [];
  }

  /**
   * Has the next request make a new customer, where Stripe says that this one was deleted. One that Stripe has never
   * heard of is kept: more likely we look into the wrong account.
   */
  async forgetDeleted(id: string): Promise<void> {
    if (await this.stripe.isDeleted(id)) await this.store.startOver(id);
  }

  /** What Stripe says of an owner's customer; undefined where there is none, or no longer one. */
  private async ask<T>(
    owner: Owner,
    question: (id: string) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const id = await this.store.find(owner);
    if (id === undefined) return undefined;
    const answer = await question(id);
    if (answer === undefined) await this.forgetDeleted(id);
    return answer;
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
    const begun = await this.store.begin(owner);
    const id =
      begun.stripeCustomerId ?? (await this.madeLongAgo(owner, begun)) ?? (await this.create(owner, begun));
    // Nobody stands for the owner where a customer was made and deleted meanwhile.
    return (id && (await this.store.settle(owner, begun.generation, id))) ?? this.make(owner);
  }

  /** Undefined where Stripe has failed for good under this generation's key, so that the next one has its turn. */
  private async create(owner: Owner, { generation, askedAt }: Generation): Promise<string | undefined> {
    try {
      return await this.stripe.create(owner, generation);
    } catch (error) {
      if (!isSavedFailure(error)) throw error;
      const id = await this.stripe.findMade(owner, askedAt);
      if (!id && !provesAbsence(askedAt, this.clock.now())) throw error;
      if (!id) await this.store.beginNext(owner, generation);
      return id;
    }
  }

  /** The customer of a request that died before it could tell, so long ago that asking again would make another. */
  private async madeLongAgo(owner: Owner, { generation, askedAt }: Generation): Promise<string | undefined> {
    if (maySendAgain(askedAt, this.clock.now())) return undefined;
    const id = await this.stripe.findMade(owner, askedAt);
    if (!id) await this.store.beginAnew(owner, generation);
    return id;
  }
}
