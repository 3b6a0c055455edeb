import { Injectable } from '@nestjs/common';
import type { ServiceActor } from '#core/actor.js';
import type { Page } from '#core/page.js';
import { invalidField, Problem } from '#core/problem.js';
import { DisputeRecordStore, type RecordedDispute } from './dispute-record.store.js';
import type { DisputeStatus } from './payment.js';
import { visibleCaller } from './payment-list.service.js';

/** Shows services the disputes of the payments that they see, without a call to Stripe. */
@Injectable()
export class DisputeListService {
  constructor(private readonly store: DisputeRecordStore) {}

  /**
   * Lists disputes, newest first.
   *
   * @param cursor the disputeID of the last dispute of the page before
   * @throws {Problem} `invalid-request` for a cursor that the caller did not get from here
   */
  async list(
    actor: ServiceActor,
    status: DisputeStatus | undefined,
    limit: number,
    cursor?: string,
  ): Promise<Page<RecordedDispute>> {
    const options = { caller: visibleCaller(actor), after: cursor };
    const rows = await this.store.list(status, limit + 1, options);
    if (!rows) throw invalidField('cursor', 'must be the nextCursor of an earlier page');
    return { items: rows.slice(0, limit), hasMore: rows.length > limit };
  }

  /** @throws {Problem} `not-found` for a dispute that is unknown, or of a payment that the service does not see */
  async find(actor: ServiceActor, disputeId: string): Promise<RecordedDispute> {
    const found = await this.store.find(disputeId, visibleCaller(actor));
    if (!found) throw new Problem('not-found');
    return found;
  }
}
