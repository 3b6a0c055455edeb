import { Injectable } from '@nestjs/common';
import { callerName, type ServiceActor } from '#core/actor.js';
import type { Page } from '#core/page.js';
import { invalidField, Problem } from '#core/problem.js';
import type { PaymentFilter } from './payment-filter.js';
import { PaymentDeliveriesStore } from './payment-deliveries.store.js';
import { PaymentListStore } from './payment-list.store.js';
import { PaymentRecordStore } from './payment-record.store.js';
import type { TimelineEntry } from './payment-timeline.js';
import { paymentView, type PaymentView } from './payment-view.js';

/** Shows services the record of payments, without a call to Stripe: to each its own, with `payments:any` all. */
@Injectable()
export class PaymentListService {
  constructor(
    private readonly lists: PaymentListStore,
    private readonly store: PaymentRecordStore,
    private readonly deliveries: PaymentDeliveriesStore,
  ) {}

  /**
   * Lists payments, newest first.
   *
   * @param cursor the paymentID of the last payment of the page before
   * @throws {Problem} `invalid-request` for a cursor that the caller did not get from here
   */
  async list(
    actor: ServiceActor,
    filter: PaymentFilter,
    limit: number,
    cursor?: string,
  ): Promise<Page<PaymentView>> {
    const options = { caller: visibleCaller(actor), after: cursor };
    const rows = await this.lists.list(filter, limit + 1, options);
    if (!rows) throw invalidField('cursor', 'must be the nextCursor of an earlier page');
    return { items: rows.slice(0, limit).map(paymentView), hasMore: rows.length > limit };
  }

  /** A payment by any of its ids, and what happened to it, oldest first. @throws {Problem} `not-found` */
  async find(
    actor: ServiceActor,
    id: string,
  ): Promise<{ payment: PaymentView; timeline: readonly TimelineEntry[] }> {
    const found = await this.store.find(id, visibleCaller(actor));
    if (!found) throw new Problem('not-found');
    const deliveries = await this.deliveries.entriesOf(found.paymentId);
    const timeline = [...found.timeline, ...deliveries].sort(byTime);
    return { payment: paymentView(found), timeline };
  }
}

/** Entries of the same time keep their order. */
function byTime(a: TimelineEntry, b: TimelineEntry): number {
  return Date.parse(a.at) - Date.parse(b.at);
}

/** The only caller whose payments a service sees; undefined if it sees all. */
export function visibleCaller(actor: ServiceActor): string | undefined {
  return actor.scopes.includes('payments:any') ? undefined : callerName(actor);
}
