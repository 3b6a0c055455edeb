import { ApiProperty } from '@nestjs/swagger';
import type { EventReport, EventsHealth } from '../../webhooks/event-report.js';
import { EVENT_STATES, type EventState } from '../../webhooks/event-state.js';
import { ChoiceField, PageSizeField, StripeIdField } from '../dto/fields.js';
import { PAGE_SIZE_DEFAULT } from './page-size.js';

const EXAMPLE_ID = 'evt_1MqqbKLt4dXK03v5qaIbiNCC';

export class EventPath {
  @StripeIdField({ prefixes: ['evt'], description: "Stripe's id of the event", example: EXAMPLE_ID })
  id!: string;
}

export class EventsQuery {
  @ChoiceField({ choices: EVENT_STATES, optional: true, description: 'Only events in this state' })
  state?: EventState;

  @PageSizeField({ optional: true, description: `1 to 100; ${PAGE_SIZE_DEFAULT} by default` })
  limit?: string;

  @StripeIdField({ prefixes: ['evt'], optional: true, description: 'The `nextCursor` of the previous page' })
  cursor?: string;
}

export class EventResponse {
  @ApiProperty({ example: EXAMPLE_ID })
  id!: string;

  @ApiProperty({ description: 'https://docs.stripe.com/api/events/types', example: 'customer.deleted' })
  type!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The object that the event is about; null if it has no id',
    example: 'cus_NffrFeUfNV2Hib',
  })
  objectId!: string | null;

  @ApiProperty({
    enum: EVENT_STATES,
    description:
      '`stored`: waits to be handled. `done`: handled. `dead`: handling it has failed for about a day. `ignored`: ' +
      'nobody handles its type, it is of another mode or account, or Stripe does not know its object.',
    example: 'dead',
  })
  state!: EventState;

  @ApiProperty({ type: 'integer', description: 'Attempts that have failed', example: 105 })
  attempts!: number;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T09:30:00.000Z' })
  receivedAt!: string;

  @ApiProperty({ type: String, nullable: true, example: 'provider-misconfigured' })
  lastError!: string | null;

  static of({ receivedAt, ...event }: EventReport): EventResponse {
    return { ...event, receivedAt: receivedAt.toISOString() };
  }
}

export class EventsResponse {
  @ApiProperty({ type: [EventResponse] })
  data!: EventResponse[];

  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page', example: null })
  nextCursor!: string | null;
}

export class EventsHealthResponse {
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When Stripe last delivered an event',
    example: '2026-11-22T09:30:00.000Z',
  })
  lastEventAt!: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: "When the last complete walk of Stripe's list of events started",
    example: '2026-11-22T09:30:12.000Z',
  })
  lastWalkAt!: string | null;

  @ApiProperty({ type: 'integer', description: 'The age of the oldest event that waits', example: 0 })
  lagSeconds!: number;

  @ApiProperty({ type: 'integer', description: 'Events that only the walk has found', example: 0 })
  missed!: number;

  @ApiProperty({ type: 'integer', example: 0 })
  dead!: number;

  @ApiProperty({ type: 'integer', example: 3 })
  ignored!: number;

  @ApiProperty({
    description: 'Whether Stripe no longer has all events since the last walk; then run `npm run backfill`',
    example: false,
  })
  backfillNeeded!: boolean;

  static of({ lastEventAt, lastWalkAt, ...health }: EventsHealth): EventsHealthResponse {
    return {
      ...health,
      lastEventAt: lastEventAt?.toISOString() ?? null,
      lastWalkAt: lastWalkAt?.toISOString() ?? null,
    };
  }
}
