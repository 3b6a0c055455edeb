import { Injectable } from '@nestjs/common';
import type { Owner } from '#core/actor.js';
import { unknownObject } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import type { OperationRequest, Outcome } from '../operations/operation.js';
import { type OperationRunner, OperationsService } from '../operations/operations.service.js';
import { CardChangesStripe, type DefaultPlan, type RemovalPlan } from './card-changes.stripe.js';
import { planRemoval } from './card-removal.js';
import type { PaymentMethod } from './customer.js';
import { type DistinctCard, distinctCards } from './distinct-cards.js';
import { SavedCardsService } from './saved-cards.service.js';

/** Shows owners their cards, removes them, and chooses the default. */
@Injectable()
export class CardChangesService {
  private readonly defaultOperation: OperationRunner<DefaultPlan, null>;
  private readonly removeOperation: OperationRunner<RemovalPlan, null>;

  constructor(
    operations: OperationsService,
    private readonly cards: SavedCardsService,
    private readonly stripe: CardChangesStripe,
  ) {
    this.defaultOperation = operations.define<DefaultPlan, null>({
      name: 'card-default',
      send: async (context, plan, { stripeKey }) => {
        await stripe.makeDefault(context, plan, stripeKey);
        return null;
      },
      find: (context, plan) => stripe.findDefault(context, plan),
    });
    this.removeOperation = operations.define<RemovalPlan, null, PaymentMethod[]>({
      name: 'card-remove',
      send: (context, plan, { stripeKey }) => stripe.remove(context, plan, stripeKey),
      find: (context, plan) => stripe.findRemoved(context, plan),
      resultOf: () => null,
      record: (transaction, detached) => cards.forgetDetached(transaction, detached),
    });
  }

  /** Lists an owner's cards, newest first; a card that was saved several times is listed once. */
  async list(context: RequestContext, owner: Owner): Promise<DistinctCard[]> {
    const found = await this.cards.listWithCustomer(context, owner);
    if (!found || found.cards.length === 0) return [];
    return distinctCards(found.cards, await this.stripe.customerDefault(context, found.customer));
  }

  /**
   * Makes a card the default: of the customer, and of each subscription, which may have had a card of its own.
   *
   * @throws {Problem} `not-found` for a card that is not the owner's, `invalid-state` if it was removed meanwhile
   */
  makeDefault(request: OperationRequest, owner: Owner, paymentMethodId: string): Promise<Outcome<null>> {
    return this.defaultOperation.run(request, async () => {
      const { customer } = await this.find(request.context, owner, paymentMethodId);
      const { subscriptions } = await this.stripe.defaults(request.context, customer);
      const others = subscriptions.filter(({ ownDefault }) => ownDefault && ownDefault !== paymentMethodId);
      return { customer, paymentMethod: paymentMethodId, subscriptions: others.map(({ id }) => id) };
    });
  }

  /**
   * Removes a card, with all payment methods that are the same card. What it paid for is paid by the customer's
   * default afterwards, or else by the newest card.
   *
   * @throws {Problem} `not-found` for a card that is not the owner's, `invalid-state` if nothing else can pay for a
   *   subscription
   */
  remove(request: OperationRequest, owner: Owner, paymentMethodId: string): Promise<Outcome<null>> {
    return this.removeOperation.run(request, async () => {
      const { customer, cards, card } = await this.find(request.context, owner, paymentMethodId);
      return planRemoval(customer, cards, card, await this.stripe.defaults(request.context, customer));
    });
  }

  private async find(context: RequestContext, owner: Owner, paymentMethodId: string) {
    const found = await this.cards.listWithCustomer(context, owner);
    const card = found?.cards.find((one) => one.paymentMethodId === paymentMethodId);
    if (!found || !card) throw unknownObject('paymentMethodId');
    return { ...found, card };
  }
}
