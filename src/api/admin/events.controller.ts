import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { EventsAdmin } from '../../webhooks/events-admin.service.js';
import { Allow } from '../http/allow.decorator.js';
import { ApiProblems } from '../http/api-problems.decorator.js';
import { RequestQuery } from '../http/declared-input.js';
import { EventPath, EventResponse, EventsHealthResponse, EventsQuery, EventsResponse } from './event.dto.js';
import { PAGE_SIZE_DEFAULT } from './page-size.js';

/** The inbox of Stripe's events. */
@ApiTags('Administration')
@Controller('admin/events')
export class EventsController {
  constructor(private readonly events: EventsAdmin) {}

  @Get()
  @Allow({ service: 'events:read' })
  @ApiOperation({
    summary: "List Stripe's events",
    description: 'What Stripe has sent in the last 35 days and what became of it, newest first.',
  })
  @ApiOkResponse({ type: EventsResponse })
  async list(@RequestQuery() { state, limit, cursor }: EventsQuery): Promise<EventsResponse> {
    const { items, hasMore } = await this.events.list(state, Number(limit ?? PAGE_SIZE_DEFAULT), cursor);
    const data = items.map((event) => EventResponse.of(event));
    return { data, nextCursor: (hasMore && data.at(-1)?.id) || null };
  }

  @Get('health')
  @Allow({ service: 'events:read' })
  @ApiOperation({
    summary: "Show whether Stripe's events arrive and are handled",
    description: 'With what waits, what could not be handled, and whether `npm run backfill` has to run.',
  })
  @ApiOkResponse({ type: EventsHealthResponse })
  async health(): Promise<EventsHealthResponse> {
    return EventsHealthResponse.of(await this.events.health());
  }

  @Post(':id/retry')
  @HttpCode(202)
  @Allow({ service: 'events:manage' })
  @ApiOperation({
    summary: "Handle one of Stripe's events again",
    description: 'Its object is fetched from Stripe, so this is safe for any event that is handled at all.',
  })
  @ApiAcceptedResponse({ type: EventResponse })
  @ApiProblems('not-found', 'invalid-state')
  async retry(@Param() { id }: EventPath): Promise<EventResponse> {
    return EventResponse.of(await this.events.retry(id));
  }
}
