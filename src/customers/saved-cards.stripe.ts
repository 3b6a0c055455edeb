import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { idOf } from '#stripe/id-of.js';
import { listAll } from '#stripe/pagination.js';
import { isRefused, isUnclassified } from '#stripe/stripe-errors.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import { undefinedIfMissing } from '#stripe/undefined-if-missing.js';
import type { Card } from './customer.js';

/** Calls to Stripe about the cards of customers: https://docs.stripe.com/api/payment_methods */
@Injectable()
export class SavedCardsStripe {
  constructor(private readonly stripe: StripeProvider) {}

  /** Lists all cards of a customer, newest first; undefined if the customer is unknown or deleted. */
  async list(customer: string): Promise<Card[] | undefined> {
    const methods = await undefinedIfMissing(
      listAll((page) =>
        this.stripe.read((stripe) =>
          stripe.customers.listPaymentMethods(customer, { type: 'card', ...page }),
        ),
      ),
    );
    return methods?.map(toCard);
  }

  /**
   * Whether a payment method is attached to a customer. It is looked up among those of the customer, so one of another
   * customer looks like an unknown one. https://docs.stripe.com/api/payment_methods/customer
   */
  async isAttached(customer: string, id: string): Promise<boolean> {
    try {
      await this.stripe.read((stripe) => stripe.customers.retrievePaymentMethod(customer, id));
      return true;
    } catch (error) {
      // Stripe does not document the code of this refusal.
      if (isRefused(error) && isUnclassified(error)) return false;
      throw error;
    }
  }

  /** The customer that a payment method is attached to; undefined if it is not attached. */
  async customerOf(id: string): Promise<string | undefined> {
    return idOf((await this.stripe.read((stripe) => stripe.paymentMethods.retrieve(id))).customer);
  }
}

/** A card payment method as our type. */
export function toCard({ id, card }: Stripe.PaymentMethod): Card {
  if (!card) throw new Error(`${id} is not a card`);
  return {
    paymentMethodId: id,
    brand: card.brand,
    expMonth: card.exp_month,
    expYear: card.exp_year,
    last4: card.last4,
  };
}
