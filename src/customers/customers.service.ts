import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Owner } from '#core/actor.js';
import { Problem, unknownObject } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { isRefused, isRefusedBesides } from '#stripe/stripe-errors.js';
import { undefinedIfMissing } from '#stripe/undefined-if-missing.js';
import type { ChangeAuthor } from '../access/audit-entry.js';
import type { Transaction } from '../database/database.js';
import { isKeyReused } from '../operations/operation-outcome.js';
import { type OperationRunner, OperationsService } from '../operations/operations.service.js';
import type { Customer, CustomerDetails, PaymentInformation, TaxId } from './customer.js';
import { CustomersStore } from './customers.store.js';
import { type CustomerCreation, CustomersStripe } from './customers.stripe.js';
import { TaxIdAdditionsStore } from './tax-id-additions.store.js';
import { TaxIdEndsStore } from './tax-id-ends.store.js';
import { type TaxIdChange, TaxIdsStripe } from './tax-ids.stripe.js';

const NO_INFORMATION: PaymentInformation = {
  balanceMinor: null,
  billingDetails: { name: null, email: null, phone: null, address: null },
  card: null,
};

/** How long to wait for another instance that is creating the same customer. */
const WAIT_MS = 100;
const WAITS_MAX = 20;

/** How often a request adds a tax id: again after an old answer of Stripe, or if another request takes it back. */
const TAX_ID_ATTEMPTS_MAX = 5;

/** Parameters of one customer's creation. */
interface CustomerPlan {
  owner: Owner;
  generation: number;
  creation: CustomerCreation;
}

/** Maps owners to Stripe customers, and shows their details. */
@Injectable()
export class CustomersService {
  private readonly createOperation: OperationRunner<CustomerPlan, string>;
  private readonly pendingCreations = new Map<string, Promise<string>>();

  constructor(
    operations: OperationsService,
    private readonly store: CustomersStore,
    private readonly stripe: CustomersStripe,
    private readonly taxIds: TaxIdsStripe,
    private readonly taxIdAdditions: TaxIdAdditionsStore,
    private readonly taxIdEnds: TaxIdEndsStore,
  ) {
    this.createOperation = operations.define<CustomerPlan, string>({
      name: 'customer',
      send: async (context, plan) =>
        this.saveCreated(context, plan, await stripe.create(context, plan.creation)),
      find: async (context, plan, _identity, sentAt) => {
        const found = await stripe.findCreated(context, plan.creation, sentAt);
        return typeof found === 'string'
          ? found
          : { result: await this.saveCreated(context, plan, found.result) };
      },
      release: (transaction, { owner, generation }) =>
        store.startNextGeneration(transaction, owner, generation),
    });
  }

  /** The owner of a Stripe customer, which may have been deleted at Stripe; undefined if none is known. */
  ownerOf(transaction: Transaction, stripeCustomerId: string): Promise<Owner | undefined> {
    return this.store.ownerOf(transaction, stripeCustomerId);
  }

  /** The id of an owner's Stripe customer; undefined if there is none. */
  findId(owner: Owner): Promise<string | undefined> {
    return this.store.find(owner);
  }

  /** The ids of all of an owner's Stripe customers, newest first, including those that were deleted at Stripe. */
  findAllIds(owner: Owner): Promise<string[]> {
    return this.store.findAll(owner);
  }

  /**
   * The id of an owner's Stripe customer, created if there is none or it was deleted. Concurrent calls create one.
   *
   * @throws {Problem} `needs-review` if it is not known whether an earlier attempt created one, `internal-error` if Stripe knows
   *   the key of its creation with parameters that no known version sends
   */
  async ensureId(context: RequestContext, owner: Owner): Promise<string> {
    const existing = await this.query(context, owner, (id) => this.stripe.findId(context, id));
    if (existing !== undefined) return existing;
    return context.dryRun ? this.stripe.rehearseCreation(context, owner) : this.createOnce(context, owner);
  }

  /** Shows an owner's customer. @throws {Problem} `not-found` for an owner without a customer */
  async show(context: RequestContext, owner: Owner): Promise<Customer> {
    const customer = await this.query(context, owner, (id) => this.stripe.find(context, id));
    if (!customer) throw new Problem('not-found');
    return customer;
  }

  /**
   * Links an existing Stripe customer to an owner.
   *
   * @throws {Problem} `not-found` if Stripe has no such customer, `invalid-state` if either is already linked to
   *   another
   */
  async link(
    context: RequestContext,
    owner: Owner,
    stripeCustomerId: string,
    author: ChangeAuthor,
  ): Promise<Customer> {
    const customer = await this.stripe.find(context, stripeCustomerId);
    if (!customer) throw unknownObject('stripeCustomerId');
    const linked = await this.store.link(owner, stripeCustomerId, author);
    if (linked !== stripeCustomerId) throw new Problem('invalid-state');
    return customer;
  }

  /**
   * Unlinks an owner's customer, which stays at Stripe with its cards. The next request that needs one creates another.
   *
   * @throws {Problem} `not-found` for an owner without a customer
   */
  async unlink(owner: Owner, author: ChangeAuthor): Promise<void> {
    const id = await this.store.find(owner);
    if (id === undefined) throw new Problem('not-found');
    await this.store.unlink(id, author);
  }

  /**
   * Updates an owner's customer, which is created if there is none. A tax id takes the place of those that Stripe has.
   *
   * @throws {Problem} `invalid-request` for a value that Stripe refuses; then the customer has the tax id from before.
   *   `provider-busy` while it is not known whether another tax id was added. `outcome-unknown` also if Stripe refuses another call,
   *   such as the removal of the tax id from before: the rest may be done
   */
  async update(context: RequestContext, owner: Owner, details: CustomerDetails): Promise<Customer> {
    const id = await this.ensureId(context, owner);
    try {
      return await this.updateExisting(context, id, details);
    } catch (error) {
      throw isRefusedBesides(error) ? new Problem('outcome-unknown', {}, error) : error;
    }
  }

  private async updateExisting(
    context: RequestContext,
    id: string,
    details: CustomerDetails,
  ): Promise<Customer> {
    const { taxId } = details;
    if (taxId) return this.updateWithTaxId(context, id, { ...details, taxId });
    if (taxId === null) await this.taxIdAdditions.requireSettled(id);
    const customer = await this.stripe.update(context, id, details, randomUUID());
    if (taxId === undefined) return customer;
    await this.taxIds.removeAll(context, id);
    return { ...customer, taxId };
  }

  /**
   * The tax id is added first: Stripe may refuse it, and takes it back without a trace.
   *
   * @throws {Problem} `unavailable` if other requests take it back again and again
   */
  private async updateWithTaxId(
    context: RequestContext,
    id: string,
    details: CustomerDetails & { taxId: TaxId },
  ): Promise<Customer> {
    for (let attempt = 0; attempt < TAX_ID_ATTEMPTS_MAX; attempt += 1) {
      const change = await this.taxIds.add(context, id, details.taxId);
      if (!change) continue;
      const updated = await this.updateOrUndo(context, id, details, change);
      if (await this.taxIdEnds.keep(change.current)) {
        for (const replaced of change.replaced) await this.taxIds.remove(context, id, replaced);
        return { ...updated, taxId: details.taxId };
      }
      // Another request takes it back, or has ended before it could.
      await this.taxIds.remove(context, id, change.current);
    }
    throw new Problem('unavailable');
  }

  /**
   * Takes back the new tax id if Stripe refuses another value, unless another request keeps it. So it does with one that an earlier
   * request has failed to take back.
   */
  private async updateOrUndo(
    context: RequestContext,
    id: string,
    details: CustomerDetails,
    { current, isAdded }: TaxIdChange,
  ): Promise<Customer> {
    try {
      return await this.stripe.update(context, id, details, randomUUID());
    } catch (error) {
      if (!isRefused(error)) throw error;
      const isTakenBack = await (isAdded
        ? this.taxIdEnds.takeBack(current)
        : this.taxIdEnds.isTakenBack(current));
      if (isTakenBack) await this.taxIds.remove(context, id, current);
      throw error;
    }
  }

  /** Shows how an owner pays; every value is null for an owner without a customer. */
  async paymentInformation(context: RequestContext, owner: Owner): Promise<PaymentInformation> {
    return (
      (await this.query(context, owner, (id) => this.stripe.paymentInformation(context, id))) ??
      NO_INFORMATION
    );
  }

  /**
   * Unlinks a customer that was deleted at Stripe, so that the next request creates a new one. If Stripe does not know
   * it, this throws and the customer stays linked: more likely the key belongs to the wrong account.
   */
  async forgetDeleted(context: RequestContext, id: string): Promise<void> {
    if (await this.stripe.isDeleted(context, id)) await this.store.unlinkDeleted(id);
  }

  /** Queries Stripe about an owner's customer; undefined if there is none or it was deleted. */
  private async query<T>(
    context: RequestContext,
    owner: Owner,
    ask: (id: string) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const id = await this.store.find(owner);
    if (id === undefined) return undefined;
    const answer = await ask(id);
    if (answer === undefined && !context.dryRun) await undefinedIfMissing(this.forgetDeleted(context, id));
    return answer;
  }

  private createOnce(context: RequestContext, owner: Owner): Promise<string> {
    const key = JSON.stringify([owner.tenant, owner.userId]);
    const running = this.pendingCreations.get(key);
    if (running) return running;
    const created = this.create(context, owner).finally(() => this.pendingCreations.delete(key));
    this.pendingCreations.set(key, created);
    return created;
  }

  /** An unfinished creation is continued by the next call that needs the customer, or by the worker. */
  private async create(context: RequestContext, owner: Owner, waitsLeft = WAITS_MAX): Promise<string> {
    const { generation, stripeCustomerId } = await this.store.currentGeneration(owner);
    if (stripeCustomerId) return stripeCustomerId;
    const actor = { kind: 'user', ...owner } as const;
    const request = { actor, context, route: 'customer', idempotencyKey: String(generation), body: null };
    try {
      const { result } = await this.createOperation.run(request, async () => ({
        owner,
        generation,
        creation: this.stripe.creationFor(owner, generation),
      }));
      // No customer is linked if this one has been deleted in the meantime.
      const linked = await this.store.saveCreated(owner, generation, result, authorOfCreation(context));
      return linked ?? this.create(context, owner);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // It is the key of the creation, not the caller's.
      if (isKeyReused(error)) throw new Problem('internal-error', {}, error);
      if (error.slug === 'not-done') return this.create(context, owner);
      // The operation belongs to no caller, so its id is of no use to them.
      if (error.slug !== 'in-progress' || waitsLeft === 0) throw error.with({ operationId: undefined });
      await setTimeout(WAIT_MS);
      return this.create(context, owner, waitsLeft - 1);
    }
  }

  private async saveCreated(
    context: RequestContext,
    { owner, generation }: CustomerPlan,
    id: string,
  ): Promise<string> {
    await this.store.saveCreated(owner, generation, id, authorOfCreation(context));
    return id;
  }
}

/** The caller whose request needs the customer, or the worker. */
function authorOfCreation({ caller }: RequestContext): ChangeAuthor {
  return { caller, address: 'automatic' };
}
