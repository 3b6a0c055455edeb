import { Injectable } from '@nestjs/common';
import { callerName } from '#core/actor.js';
import type { Page } from '#core/page.js';
import { invalidField, Problem } from '#core/problem.js';
import { ConfirmLinks } from '../confirm-links/confirm-links.service.js';
import { DeliveriesStore } from './deliveries.store.js';
import type { EndpointOwner } from './endpoints.service.js';
import { NotificationsStore } from './notifications.store.js';
import type { NotificationFilter, SentNotification, Viewer } from './sent-notification.js';

/** What a caller was notified of, or would have been: the way to catch up after an outage of its own. */
@Injectable()
export class NotificationsService {
  constructor(
    private readonly store: NotificationsStore,
    private readonly deliveries: DeliveriesStore,
    private readonly links: ConfirmLinks,
  ) {}

  /** @throws {Problem} `not-found` */
  async find(owner: EndpointOwner, id: string): Promise<SentNotification> {
    await this.deliveries.place();
    const found = await this.store.find(viewerOf(owner), id);
    if (!found) throw new Problem('not-found');
    return this.withConfirmUrl(found);
  }

  /**
   * Lists notifications, oldest first, in the order of commit: what is committed later never appears before what was read.
   *
   * @param after the id of the last notification that the caller has
   * @param field the parameter that `after` comes from
   * @throws {Problem} `invalid-request` for an unknown `after`
   */
  async list(
    owner: EndpointOwner,
    filter: NotificationFilter,
    limit: number,
    after?: { id: string; field: string },
  ): Promise<Page<SentNotification>> {
    await this.deliveries.place();
    const viewer = viewerOf(owner);
    const last = after && (await this.store.find(viewer, after.id));
    if (after && !last)
      throw invalidField(after.field, 'must be the id of a notification of an earlier page');
    const items = await this.store.list(viewer, filter, limit + 1, last?.notification.position ?? 0);
    const shown = items.slice(0, limit).map((item) => this.withConfirmUrl(item));
    return { items: shown, hasMore: items.length > limit };
  }

  private withConfirmUrl({ notification, ...sent }: SentNotification): SentNotification {
    return { ...sent, notification: { ...notification, data: this.links.withConfirmUrl(notification) } };
  }
}

function viewerOf(owner: EndpointOwner): Viewer {
  return {
    caller: callerName(owner),
    tenant: owner.kind === 'partner' ? owner.tenant : null,
    seesAll: owner.kind === 'service' && owner.scopes.includes('payments:any'),
  };
}
