import { Injectable } from '@nestjs/common';
import { callerName } from '#core/actor.js';
import { invalidField, Problem } from '#core/problem.js';
import type { Transaction } from '../database/database.js';
import { CALLBACK_CALLER, CALLBACK_ENDPOINT_ID } from './callback-id.js';
import { DeliveriesStore } from './deliveries.store.js';
import type { EndpointOwner } from './endpoints.service.js';
import { EndpointsStore } from './endpoints.store.js';
import { NotificationsService } from './notifications.service.js';
import { type NotificationBatch, RedeliveriesStore } from './redeliveries.store.js';

/** Delivers notifications once more, with the same ids and sequences. First deliveries do not wait for that. */
@Injectable()
export class RedeliveriesService {
  constructor(
    private readonly store: RedeliveriesStore,
    private readonly endpoints: EndpointsStore,
    private readonly notifications: NotificationsService,
    private readonly deliveries: DeliveriesStore,
  ) {}

  /**
   * Delivers a notification to all endpoints of the caller that are switched on and want it.
   *
   * @returns how many those are
   * @throws {Problem} `not-found`
   */
  async redeliver(owner: EndpointOwner, notificationId: string): Promise<number> {
    const { notification } = await this.notifications.find(owner, notificationId);
    return this.change(async (transaction) => {
      const endpointIds = await this.store.lockEnabled(transaction, callerName(owner));
      return this.store.queue(transaction, endpointIds, [notification.id]);
    });
  }

  /**
   * Delivers to an endpoint what was stored from `since` (inclusive) to `until` (exclusive) and what it wants, also from
   * the time in which it was switched off.
   *
   * @returns how many notifications that are
   * @throws {Problem} `not-found`; `invalid-state` if it is switched off; `invalid-request` if `until` is before `since`
   */
  async redeliverAll(owner: EndpointOwner, endpointId: string, since: Date, until: Date): Promise<number> {
    return this.redeliverTo(callerName(owner), endpointId, since, until);
  }

  /**
   * Sends the outcomes of payments of a time to `PAYMENT_CALLBACK_URL` once more, with their old ids.
   *
   * @returns how many those are
   * @throws {Problem} as {@link redeliverAll}
   */
  async redeliverCallbacks(since: Date, until: Date): Promise<number> {
    return this.redeliverTo(CALLBACK_CALLER, CALLBACK_ENDPOINT_ID, since, until);
  }

  private async redeliverTo(caller: string, endpointId: string, since: Date, until: Date): Promise<number> {
    if (until < since) throw invalidField('until', 'must not be before since');
    await this.requireEnabled(this.endpoints.find(caller, endpointId));
    await this.deliveries.place();
    let count = 0;
    let batch: NotificationBatch = { ids: [], last: undefined };
    do {
      batch = await this.store.batch(since, until, batch.last);
      count += await this.change(async (transaction) => {
        await this.requireEnabled(this.endpoints.lock(transaction, caller, endpointId));
        return this.store.queue(transaction, [endpointId], batch.ids);
      });
    } while (batch.last);
    return count;
  }

  /**
   * Sends the latest outcome of a payment to `PAYMENT_CALLBACK_URL` once more, with its old id.
   *
   * @param paymentId as the record has it
   * @returns whether there was one to send, and the URL is set and switched on
   */
  async redeliverCallback(paymentId: string): Promise<boolean> {
    await this.deliveries.place();
    const notificationId = await this.store.latestCallback(paymentId);
    if (notificationId === undefined) return false;
    return this.change(async (transaction) => {
      const endpointIds = await this.store.lockEnabled(transaction, CALLBACK_CALLER);
      return (await this.store.queue(transaction, endpointIds, [notificationId])) > 0;
    });
  }

  private async requireEnabled(found: ReturnType<EndpointsStore['find']>): Promise<void> {
    const endpoint = await found;
    if (!endpoint) throw new Problem('not-found');
    if (!endpoint.enabled) throw new Problem('invalid-state');
  }

  private change<Result>(run: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return this.endpoints.transaction(async (transaction) => {
      await this.deliveries.lockPlacing(transaction);
      return run(transaction);
    });
  }
}
