import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Owner } from '#core/actor.js';
import { Problem, unknownObject } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { readEach } from '#stripe/read-each.js';
import { isReplayedFailure } from '#stripe/stripe-errors.js';
import type { OperationRequest, Outcome, Rest } from '../operations/operation.js';
import { isFinal } from '../operations/operation-outcome.js';
import { type OperationRunner, OperationsService } from '../operations/operations.service.js';
import { CardChangesStripe, type DefaultPlan, type RemovalPlan } from './card-changes.stripe.js';
import { isDefaultBegun, isDefaultDone, isRemovalBegun, planRemoval } from './card-removal.js';
import type { PaymentMethod } from './customer.js';
import { type DistinctCard, distinctCards, sameCards } from './distinct-cards.js';
import { SavedCardsService } from './saved-cards.service.js';
import { SavedCardsStripe } from './saved-cards.stripe.js';

/** Shows owners their cards, removes them, and chooses the default. */
@Injectable()
export class CardChangesService {
  private readonly defaultOperation: OperationRunner<DefaultPlan, null>;
  private readonly removeOperation: OperationRunner<RemovalPlan, null>;

  constructor(
    operations: OperationsService,
    private readonly cards: SavedCardsService,
    private readonly stripe: CardChangesStripe,
    private readonly savedCards: SavedCardsStripe,
  ) {
    this.defaultOperation = operations.define<DefaultPlan, null>({
      name: 'card-default',
      send: async (context, plan, { stripeKey }) => {
        await stripe.makeDefault(context, plan, stripeKey);
        return null;
      },
      find: (context, plan, { stripeKey }) => this.findDefault(context, plan, restKey(stripeKey)),
    });
    this.removeOperation = operations.define<RemovalPlan, null, PaymentMethod[]>({
      name: 'card-remove',
      send: (context, plan, { stripeKey }) => stripe.remove(context, plan, stripeKey),
      find: (context, plan, { stripeKey }, _sentAt, isKeyKnown) =>
        this.findRemoved(context, plan, restKey(stripeKey), isKeyKnown),
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
      const paymentMethods = sameCards(cards, card).map((one) => one.paymentMethodId);
      return planRemoval(
        customer,
        cards,
        paymentMethods,
        await this.stripe.defaults(request.context, customer),
      );
    });
  }

  /**
   * Finds out whether a card is the default as planned. If a part of that was done, all of it is done under the keys of the rest:
   * then none of them is left for an attempt that comes late.
   */
  private async findDefault(
    context: RequestContext,
    plan: DefaultPlan,
    key: string,
  ): Promise<Rest<null> | 'not-done'> {
    const defaults = await this.stripe.defaults(context, plan.customer);
    if (!isDefaultBegun(plan, defaults)) return 'not-done';
    return restBy(context, async (sending) => {
      if (!isDefaultDone(plan, defaults)) await this.stripe.makeDefault(sending, plan, key);
      return null;
    });
  }

  /**
   * Finds out whether a card was removed. If a part of that was done, the rest is done by a plan of now: the customer may have got
   * another default since. What is detached stays so, so that an attempt that comes late may have another key for that.
   *
   * @param isKeyKnown whether a part of another plan may have been done, which the state does not show: that is finished too
   */
  private async findRemoved(
    context: RequestContext,
    plan: RemovalPlan,
    key: string,
    isKeyKnown: boolean,
  ): Promise<Rest<PaymentMethod[]> | 'not-done'> {
    const { paymentMethods } = plan;
    const found = await readEach(paymentMethods, (id) => this.savedCards.find(context, id));
    const attached = found.filter(({ customer }) => customer !== undefined);
    const customer = attached[0]?.customer;
    if (customer === undefined) return restBy(context, async () => found.map(({ method }) => method));
    const defaults = await this.stripe.defaults(context, customer);
    const attachedIds = attached.map(({ method }) => method.id);
    if (!isKeyKnown && !isRemovalBegun(plan, attachedIds, defaults)) return 'not-done';
    const cards = (await this.savedCards.list(context, customer)) ?? [];
    return restBy(context, async (sending) => {
      const rest = planRemoval(customer, cards, paymentMethods, defaults);
      return this.stripe.remove(sending, rest, key, `${key}-${randomUUID()}`);
    });
  }

  private async find(context: RequestContext, owner: Owner, paymentMethodId: string) {
    const found = await this.cards.listWithCustomer(context, owner);
    const card = found?.cards.find((one) => one.paymentMethodId === paymentMethodId);
    if (!found || !card) throw unknownObject('paymentMethodId');
    return { ...found, card };
  }
}

/** Stripe repeats a failure under the same key, so what is left of a change has keys of its own. */
function restKey(stripeKey: string): string {
  return `${stripeKey}-rest`;
}

/**
 * The rest of a change of which a part was done. If Stripe refuses it, repeats a failure of it, or has changed the same object
 * otherwise under the key, nobody can say that the change was done, or that it was not.
 */
function restBy<Result>(
  context: RequestContext,
  work: (context: RequestContext) => Promise<Result>,
): Rest<Result> {
  return {
    doRest: async () => {
      try {
        return await work({ ...context, isSentOnce: true });
      } catch (error) {
        const isOver = error instanceof Problem && isFinal(error);
        throw isOver || isReplayedFailure(error) ? new Problem('needs-review', {}, error) : error;
      }
    },
  };
}
