import { Injectable } from '@nestjs/common';
import type { Owner } from '#core/actor.js';
import { undefinedIfMissing } from '#stripe/undefined-if-missing.js';
import type { Card } from './customer.js';
import { CustomersService } from './customers.service.js';
import { SavedCardsStore } from './saved-cards.store.js';
import { SavedCardsStripe } from './saved-cards.stripe.js';

/** Lists owners' cards, and remembers which payment methods are attached to which customer. */
@Injectable()
export class SavedCardsService {
  constructor(
    private readonly customers: CustomersService,
    private readonly store: SavedCardsStore,
    private readonly stripe: SavedCardsStripe,
  ) {}

  /** Lists all of an owner's cards, newest first. */
  async list(owner: Owner): Promise<Card[]> {
    const found = await this.store.findAll(owner);
    if (!found) return [];
    const { customer, known } = found;
    const cards = await this.stripe.list(customer);
    if (!cards) {
      await undefinedIfMissing(this.customers.forgetDeleted(customer));
      return [];
    }
    const ids = cards.map(({ paymentMethodId }) => paymentMethodId);
    await this.store.remember(
      customer,
      ids.filter((id) => !known.has(id)),
    );
    return cards;
  }

  /**
   * The owner's customer, if the payment method is attached to it. Asks Stripe only about one that is not known.
   *
   * @returns undefined for one that is unknown, unattached or another customer's
   */
  async findCustomer(owner: Owner, id: string): Promise<string | undefined> {
    const found = await this.store.find(owner, id);
    if (!found) return undefined;
    const { customer, isKnown } = found;
    if (isKnown) return customer;
    if (!(await this.stripe.isAttached(customer, id))) return undefined;
    await this.store.remember(customer, [id]);
    return customer;
  }

  /** The owner's customer, if the payment method is known to be attached to it. Asks Stripe nothing. */
  async findKnownCustomer(owner: Owner, id: string): Promise<string | undefined> {
    const found = await this.store.find(owner, id);
    return found?.isKnown ? found.customer : undefined;
  }

  /** Asks Stripe whether a payment method is still attached to a customer, and forgets it if not. */
  async isStillAttached(customer: string, id: string): Promise<boolean> {
    const isAttached = await this.stripe.isAttached(customer, id);
    if (!isAttached) await this.store.forget(id, customer);
    return isAttached;
  }

  /** Remembers a payment method that Stripe has just shown as attached to a customer. */
  async remember(customer: string, id: string): Promise<void> {
    await this.store.remember(customer, [id]);
  }

  /** Asks Stripe which customer a payment method is attached to, after an event about it, and remembers the answer. */
  async refresh(id: string): Promise<void> {
    const customer = await this.stripe.customerOf(id);
    await (customer === undefined ? this.store.forget(id) : this.store.remember(customer, [id]));
  }
}
