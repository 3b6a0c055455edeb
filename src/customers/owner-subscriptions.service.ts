import { Injectable } from '@nestjs/common';
import type { Owner } from '#core/actor.js';
import { Problem } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { CustomersService } from './customers.service.js';
import { type OwnedSubscription, subscriptionTo } from './owner-subscriptions.js';
import { OwnerSubscriptionsStripe } from './owner-subscriptions.stripe.js';

/** Finds the subscriptions of owners at Stripe, however they were started. */
@Injectable()
export class OwnerSubscriptionsService {
  constructor(
    private readonly customers: CustomersService,
    private readonly stripe: OwnerSubscriptionsStripe,
  ) {}

  /** The running subscriptions of an owner, newest first. */
  async running(context: RequestContext, owner: Owner): Promise<OwnedSubscription[]> {
    const customer = await this.customers.findId(owner);
    return customer === undefined ? [] : this.stripe.running(context, customer);
  }

  /**
   * The running subscriptions of an owner who has one, newest first.
   *
   * @throws {Problem} `invalid-state` if all have ended, `not-found` for an owner who never had one
   */
  async requireRunning(
    context: RequestContext,
    owner: Owner,
  ): Promise<[OwnedSubscription, ...OwnedSubscription[]]> {
    const [current, ...others] = await this.running(context, owner);
    if (current) return [current, ...others];
    const customer = await this.customers.findId(owner);
    const hadOne = customer !== undefined && (await this.stripe.hasAny(context, customer));
    throw new Problem(hadOne ? 'invalid-state' : 'not-found');
  }

  /** Requires that an owner has no running subscription to a product. @throws {Problem} `already-subscribed` */
  async assertNone(context: RequestContext, owner: Owner, productId: string): Promise<void> {
    assertNotSubscribed(await this.running(context, owner), productId);
  }

  /**
   * Requires that a customer has no running subscription to a product.
   *
   * @param exceptId a subscription that may be to the product
   * @throws {Problem} `already-subscribed`
   */
  async assertNoneOfCustomer(
    context: RequestContext,
    customer: string,
    productId: string,
    exceptId?: string,
  ): Promise<void> {
    const running = await this.stripe.running(context, customer);
    assertNotSubscribed(
      running.filter(({ id }) => id !== exceptId),
      productId,
    );
  }
}

/** @throws {Problem} `already-subscribed` if one of the subscriptions is to the product */
export function assertNotSubscribed(subscriptions: readonly OwnedSubscription[], productId: string): void {
  const subscriptionId = subscriptionTo(subscriptions, productId)?.id;
  if (subscriptionId !== undefined) throw new Problem('already-subscribed', { subscriptionId });
}
