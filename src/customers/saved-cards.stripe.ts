import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import type { RequestContext } from '#core/request-context.js';
import { idOf } from '#stripe/id-of.js';
import { listAll } from '#stripe/pagination.js';
import { readKey } from '#stripe/shared-reads.js';
import { isRefused, isUnclassified } from '#stripe/stripe-errors.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import { undefinedIfMissing } from '#stripe/undefined-if-missing.js';
import type { Card, PaymentMethod, SavedCard } from './customer.js';

/** Calls to Stripe about the cards of customers: https://docs.stripe.com/api/payment_methods */
@Injectable()
export class SavedCardsStripe {
  constructor(private readonly stripe: StripeProvider) {}

  /** Lists all cards of a customer, newest first; undefined if the customer is unknown or deleted. */
  async list(context: RequestContext, customer: string): Promise<SavedCard[] | undefined> {
    const methods = await undefinedIfMissing(
      listAll((page) =>
        this.stripe.readShared(context, readKey('cards', customer, page), (stripe) =>
          stripe.customers.listPaymentMethods(customer, { type: 'card', ...page }),
        ),
      ),
    );
    return methods?.map((method) => ({ ...toCard(method), fingerprint: method.card?.fingerprint ?? null }));
  }

  /**
   * A payment method, if it is attached to a customer. It is looked up among those of the customer, so one of another
   * customer looks like an unknown one. https://docs.stripe.com/api/payment_methods/customer
   */
  async findAttached(
    context: RequestContext,
    customer: string,
    id: string,
  ): Promise<PaymentMethod | undefined> {
    try {
      return toPaymentMethod(
        await this.stripe.read(context, (stripe) => stripe.customers.retrievePaymentMethod(customer, id)),
      );
    } catch (error) {
      // Stripe does not document the code of this refusal.
      if (isRefused(error) && isUnclassified(error)) return undefined;
      throw error;
    }
  }

  /** A payment method and the customer that it is attached to; undefined if it is not attached. */
  async find(
    context: RequestContext,
    id: string,
  ): Promise<{ method: PaymentMethod; customer: string | undefined }> {
    const found = await this.stripe.read(context, (stripe) => stripe.paymentMethods.retrieve(id));
    return { method: toPaymentMethod(found), customer: idOf(found.customer) };
  }
}

/** A payment method as our type. */
export function toPaymentMethod(method: Stripe.PaymentMethod): PaymentMethod {
  return { id: method.id, card: method.card ? toCard(method) : null };
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
