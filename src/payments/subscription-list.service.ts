import { Injectable } from '@nestjs/common';
import type { ServiceActor } from '#core/actor.js';
import type { Page } from '#core/page.js';
import { invalidField, Problem } from '#core/problem.js';
import { visibleCaller } from './payment-list.service.js';
import type { SubscriptionFilter } from './subscription-filter.js';
import { SubscriptionListStore } from './subscription-list.store.js';
import { SubscriptionRecordStore } from './subscription-record.store.js';
import { subscriptionView, type SubscriptionView } from './subscription-view.js';

/** Shows services the record of subscriptions, without a call to Stripe: to each its own, with `payments:any` all. */
@Injectable()
export class SubscriptionListService {
  constructor(
    private readonly lists: SubscriptionListStore,
    private readonly store: SubscriptionRecordStore,
  ) {}

  /**
   * Lists subscriptions, newest first.
   *
   * @param cursor the id of the last subscription of the page before, or that of its Checkout Session
   * @throws {Problem} `invalid-request` for a cursor that the caller did not get from here
   */
  async list(
    actor: ServiceActor,
    filter: SubscriptionFilter,
    limit: number,
    cursor?: string,
  ): Promise<Page<SubscriptionView>> {
    const caller = visibleCaller(actor);
    const after = cursor === undefined ? undefined : await this.store.find(cursor, caller);
    if (cursor !== undefined && !after) {
      throw invalidField('cursor', 'must be the nextCursor of an earlier page');
    }
    const rows = await this.lists.list(filter, limit + 1, { caller, after });
    return { items: rows.slice(0, limit).map(subscriptionView), hasMore: rows.length > limit };
  }

  /** A subscription by its id or that of its Checkout Session. @throws {Problem} `not-found` */
  async find(actor: ServiceActor, id: string): Promise<SubscriptionView> {
    const found = await this.store.find(id, visibleCaller(actor));
    if (!found) throw new Problem('not-found');
    return subscriptionView(found);
  }
}
