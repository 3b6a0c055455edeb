import { Injectable } from '@nestjs/common';
import type { Owner } from '#core/actor.js';
import type { RequestContext } from '#core/request-context.js';
import { undefinedIfMissing } from '#stripe/undefined-if-missing.js';
import type { Transaction } from '../database/database.js';
import type { PaymentMethod, SavedCard } from './customer.js';
import { CustomersService } from './customers.service.js';
import { CUSTOMER_LOOK_UP, SavedCardsStore } from './saved-cards.store.js';
import { SavedCardsStripe } from './saved-cards.stripe.js';

/** Lists owners' cards, and remembers which payment methods are attached to which customer. */
@Injectable()
export class SavedCardsService {
  /** Finds owners' customers to which payment methods are known to be attached. */
  readonly customerLookUp = CUSTOMER_LOOK_UP;

  constructor(
    private readonly customers: CustomersService,
    private readonly store: SavedCardsStore,
    private readonly stripe: SavedCardsStripe,
  ) {}

  /** Lists all of an owner's cards, newest first. */
  async list(context: RequestContext, owner: Owner): Promise<SavedCard[]> {
    return (await this.listWithCustomer(context, owner))?.cards ?? [];
  }

  /** Lists all of an owner's cards, newest first, with the customer that has them; undefined without a customer. */
  async listWithCustomer(
    context: RequestContext,
    owner: Owner,
  ): Promise<{ customer: string; cards: SavedCard[] } | undefined> {
    const found = await this.store.findAll(owner);
    if (!found) return undefined;
    const { customer, known } = found;
    const cards = await this.stripe.list(context, customer);
    if (!cards) {
      if (!context.dryRun) await undefinedIfMissing(this.customers.forgetDeleted(context, customer));
      return undefined;
    }
    const methods = cards.map((card) => ({ id: card.paymentMethodId, card }));
    const unknown = methods.filter(({ id }) => !known.has(id));
    if (!context.dryRun) await this.store.remember(customer, unknown);
    return { customer, cards };
  }

  /**
   * The owner's customer, if the payment method is attached to it. Asks Stripe only about one that is not known.
   *
   * @returns undefined for one that is unknown, unattached or another customer's
   */
  async findCustomer(context: RequestContext, owner: Owner, id: string): Promise<string | undefined> {
    const found = await this.store.find(owner, id);
    if (!found) return undefined;
    const { customer, isKnown } = found;
    if (isKnown) return customer;
    const method = await this.stripe.findAttached(context, customer, id);
    if (!method) return undefined;
    if (!context.dryRun) await this.store.remember(customer, [method]);
    return customer;
  }

  /** Asks Stripe whether a payment method is still attached to a customer, and forgets it if not. */
  async isStillAttached(context: RequestContext, customer: string, id: string): Promise<boolean> {
    const isAttached = (await this.stripe.findAttached(context, customer, id)) !== undefined;
    if (!isAttached) await this.store.markDetached(customer, id);
    return isAttached;
  }

  /** Remembers a payment method that an object of Stripe's shows as attached to a customer. */
  async remember(context: RequestContext, customer: string, id: string): Promise<void> {
    if (!(await this.store.isKnown(customer, id))) await this.refresh(context, id, false);
  }

  /**
   * Asks Stripe which customer a payment method is attached to, after an event about it, and remembers the answer.
   *
   * @param isAttachment whether the event reports that it was attached: then callers are notified
   */
  async refresh(context: RequestContext, id: string, isAttachment: boolean): Promise<void> {
    const { customer, method } = await this.stripe.find(context, id);
    if (customer === undefined) await this.store.forget(method);
    else if (isAttachment) await this.store.rememberAttached(customer, method);
    else await this.store.remember(customer, [method]);
  }

  /** Forgets payment methods of a customer that an operation has detached, in the transaction of its outcome. */
  forgetDetached(transaction: Transaction, methods: readonly PaymentMethod[]): Promise<void> {
    return this.store.forgetIn(transaction, methods);
  }
}
