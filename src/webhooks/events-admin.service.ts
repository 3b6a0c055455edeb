import { Injectable } from '@nestjs/common';
import type { Page } from '#core/page.js';
import { invalidField, Problem } from '#core/problem.js';
import type { EventReport, EventsHealth } from './event-report.js';
import type { EventState } from './event-state.js';
import { EventsAdminStore } from './events-admin.store.js';
import { EventsWorker } from './events.worker.js';

/** What administrators can see and do about Stripe's events. */
@Injectable()
export class EventsAdmin {
  constructor(
    private readonly store: EventsAdminStore,
    private readonly worker: EventsWorker,
  ) {}

  /**
   * Lists events, newest first.
   *
   * @param cursor only events after the one with this id, if present
   * @throws {Problem} `invalid-request` for an unknown cursor
   */
  async list(state: EventState | undefined, limit: number, cursor?: string): Promise<Page<EventReport>> {
    const last = cursor === undefined ? undefined : await this.store.find(cursor);
    if (cursor !== undefined && !last)
      throw invalidField('cursor', 'must be the nextCursor of an earlier page');
    return this.store.list(state, limit, last);
  }

  /**
   * Handles an event again, at once.
   *
   * @throws {Problem} `not-found`, or `invalid-state` for an event that nobody handles
   */
  async retry(id: string): Promise<EventReport> {
    if (!(await this.store.find(id))) throw new Problem('not-found');
    if (!(await this.store.retry(id))) throw new Problem('invalid-state');
    this.worker.wake();
    const event = await this.store.find(id);
    if (!event) throw new Problem('not-found');
    return event;
  }

  health(): Promise<EventsHealth> {
    return this.store.health();
  }
}
