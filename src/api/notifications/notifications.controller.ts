import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { EndpointOwner } from '../../notifications/endpoints.service.js';
import { NotificationsService } from '../../notifications/notifications.service.js';
import { RedeliveriesService } from '../../notifications/redeliveries.service.js';
import { Allow } from '../http/allow.decorator.js';
import { ApiProblems } from '../http/api-problems.decorator.js';
import { CurrentActor } from '../http/current-actor.decorator.js';
import { RequestQuery } from '../http/declared-input.js';
import { PAGE_SIZE_DEFAULT } from './endpoint.dto.js';
import {
  NotificationPath,
  NotificationResponse,
  NotificationsQuery,
  NotificationsResponse,
  RedeliveryResponse,
} from './notification.dto.js';

const MANAGED = { partner: 'notifications:manage', service: 'notifications:manage' } as const;

/** What a service or a partner was notified of, or would have been. */
@ApiTags('Notifications')
@Controller('notifications')
export class NotificationsController {
  constructor(
    private readonly notifications: NotificationsService,
    private readonly redeliveries: RedeliveriesService,
  ) {}

  @Get()
  @Allow(MANAGED)
  @ApiOperation({
    summary: 'List notifications',
    description:
      'Oldest first, in the order in which they were committed: nothing ever appears before what was read already, so ' +
      'a receiver that was away catches up with `since`. They are listed whether or not an endpoint asks for them. ' +
      'They are kept for 90 days, and longer while a delivery is pending.',
  })
  @ApiOkResponse({ type: NotificationsResponse })
  async list(
    @CurrentActor() owner: EndpointOwner,
    @RequestQuery() query: NotificationsQuery,
  ): Promise<NotificationsResponse> {
    const limit = Number(query.limit ?? PAGE_SIZE_DEFAULT);
    const { items, hasMore } = await this.notifications.list(owner, query.toFilter(), limit, query.after);
    const data = items.map((item) => NotificationResponse.of(item));
    return { data, nextCursor: (hasMore && data.at(-1)?.id) || null };
  }

  @Get(':id')
  @Allow(MANAGED)
  @ApiOperation({
    summary: 'Show a notification',
    description: "With the state of its deliveries to the caller's endpoints.",
  })
  @ApiOkResponse({ type: NotificationResponse })
  @ApiProblems('not-found')
  async show(
    @CurrentActor() owner: EndpointOwner,
    @Param() { id }: NotificationPath,
  ): Promise<NotificationResponse> {
    return NotificationResponse.of(await this.notifications.find(owner, id));
  }

  @Post(':id/redeliver')
  @HttpCode(202)
  @Allow(MANAGED)
  @ApiOperation({
    summary: 'Deliver a notification again',
    description:
      "With the same id and sequence, to the caller's endpoints that are switched on and want it. It comes at any time: " +
      'the order is that of first deliveries, which do not wait for it.',
  })
  @ApiAcceptedResponse({ type: RedeliveryResponse })
  @ApiProblems('not-found')
  async redeliver(
    @CurrentActor() owner: EndpointOwner,
    @Param() { id }: NotificationPath,
  ): Promise<RedeliveryResponse> {
    return { count: await this.redeliveries.redeliver(owner, id) };
  }
}
