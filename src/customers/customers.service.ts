import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Owner } from '#core/actor.js';
import { Problem, unknownObject } from '#core/problem.js';
import { type OperationRunner, OperationsService } from '../operations/operations.service.js';
import type { Card, Customer, CustomerDetails, PaymentInformation } from './customer.js';
import { CustomersStore } from './customers.store.js';
import { type CustomerCreation, CustomersStripe } from './customers.stripe.js';

const NO_INFORMATION: PaymentInformation = {
  balanceMinor: null,
  billingDetails: { name: null, email: null, phone: null, address: null },
  card: null,
};

/** Another instance that makes the same customer has it soon. */
const WAIT_MS = 100;
const WAITS_MAX = 20;

/** Whose customer is to be made, which one of theirs, and how exactly. */
interface CustomerPlan {
  owner: Owner;
  generation: number;
  creation: CustomerCreation;
}

/** Who is which Stripe customer, and what they pay with. */
@Injectable()
export class CustomersService {
  private readonly making: OperationRunner<CustomerPlan, string>;
  private readonly beingMade = new Map<string, Promise<string>>();

  constructor(
    operations: OperationsService,
    private readonly store: CustomersStore,
    private readonly stripe: CustomersStripe,
  ) {
    this.making = operations.define<CustomerPlan, string>({
      name: 'customer',
      send: async (plan) => this.keep(plan, await stripe.create(plan.creation)),
      find: async (plan, _identity, sentAt) => {
        const found = await stripe.findMade(plan.owner, sentAt);
        return typeof found === 'string' ? found : { result: await this.keep(plan, found.result) };
      },
      release: (transaction, { owner, generation }) => store.beginNext(transaction, owner, generation),
    });
  }

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

  /** Repeated by whoever needs the customer, and driven on by the worker where nobody does. */
  private async make(owner: Owner, waitsLeft = WAITS_MAX): Promise<string> {
    const { generation, stripeCustomerId } = await this.store.begin(owner);
    if (stripeCustomerId) return stripeCustomerId;
    const actor = { kind: 'user', ...owner } as const;
    const request = { actor, route: 'customer', idempotencyKey: String(generation), body: null };
    try {
      const { result } = await this.making.run(request, async () => ({
        owner,
        generation,
        creation: this.stripe.creationFor(owner, generation),
      }));
      // Nobody stands for the owner where a customer was made and deleted meanwhile.
      return (await this.store.settle(owner, generation, result)) ?? this.make(owner);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.slug === 'not-done') return this.make(owner);
      // The operation stands for all callers, so that none of them may ask for it.
      if (error.slug !== 'in-progress' || waitsLeft === 0) throw error.with({ operationId: undefined });
      await setTimeout(WAIT_MS);
      return this.make(owner, waitsLeft - 1);
    }
  }

  private async keep({ owner, generation }: CustomerPlan, id: string): Promise<string> {
    await this.store.settle(owner, generation, id);
    return id;
  }
}
