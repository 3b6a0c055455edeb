import { ApiProperty } from '@nestjs/swagger';
import { Satisfies } from '../../config/satisfies.js';
import { UUID } from '#core/text.js';
import type { DeliveryAttempt } from '../../notifications/endpoint.js';
import type { NotificationBody } from '../../notifications/notification.js';
import { NOTIFICATION_TYPES, TEST_TYPE } from '../../notifications/notification-types.js';
import {
  DELIVERY_STATES,
  type DeliveryState,
  type NotificationFilter,
  type SentNotification,
} from '../../notifications/sent-notification.js';
import { ChoiceField, Field, isInstant, PageSizeField, TextField, UuidField } from '../dto/fields.js';

const EXAMPLE_ID = '5d6c1f64-3f0b-4c7e-8a41-0c9a7f5f1e23';
const REFERENCE_MAX_LENGTH = 1_000;
const TYPES = [...NOTIFICATION_TYPES, TEST_TYPE] as const;

export class NotificationPath {
  @UuidField({ description: 'The id of the notification', example: EXAMPLE_ID })
  id!: string;
}

export class NotificationsQuery {
  @UuidField({ optional: true, description: 'Only those for this endpoint of the caller' })
  endpointId?: string;

  @TextField({ maxLength: REFERENCE_MAX_LENGTH, isReference: true, optional: true })
  subject?: string;

  @TextField({ maxLength: REFERENCE_MAX_LENGTH, isReference: true, optional: true })
  paymentID?: string;

  @ChoiceField({ choices: TYPES, optional: true })
  type?: NotificationBody['type'];

  @ChoiceField({ choices: DELIVERY_STATES, optional: true, description: 'Only those with such a delivery' })
  state?: DeliveryState;

  @Field(
    {
      optional: true,
      description:
        'An instant (inclusive), or the id of the last notification that the caller has (exclusive)',
    },
    { type: String },
    Satisfies(
      (value) => isInstant(value) || (typeof value === 'string' && UUID.test(value)),
      'must be an instant in UTC, such as 2027-01-31T00:00:00Z, or the id of a notification',
    ),
  )
  since?: string;

  @PageSizeField({ optional: true, description: '1 to 100; 20 by default' })
  limit?: string;

  @UuidField({ optional: true, description: 'The `nextCursor` of the previous page' })
  cursor?: string;

  toFilter(): NotificationFilter {
    const { endpointId, subject, paymentID, type, state, since } = this;
    return {
      ...(endpointId !== undefined && { endpointId }),
      ...(subject !== undefined && { subject }),
      ...(paymentID !== undefined && { paymentId: paymentID }),
      ...(type && { type }),
      ...(state && { state }),
      ...(since !== undefined && isInstant(since) && { since: new Date(since) }),
    };
  }

  /** What the page starts after; the cursor of a later page wins over `since`. */
  get after(): { id: string; field: string } | undefined {
    if (this.cursor !== undefined) return { id: this.cursor, field: 'cursor' };
    return this.since === undefined || isInstant(this.since) ? undefined : { id: this.since, field: 'since' };
  }
}

class AttemptResponse {
  @ApiProperty({ format: 'date-time', example: '2026-11-22T09:30:00.000Z' })
  at!: string;

  @ApiProperty({ type: Number, nullable: true, description: 'Null without a complete answer', example: 204 })
  status!: number | null;

  @ApiProperty({ example: 87 })
  durationMs!: number;

  @ApiProperty({
    description: 'The first 1 kB of the answer, without secrets and e-mail addresses; or why there is none',
    example: '',
  })
  answer!: string;
}

class DeliveryResponse {
  @ApiProperty({ format: 'uuid' })
  endpointId!: string;

  @ApiProperty({ enum: DELIVERY_STATES })
  state!: DeliveryState;

  @ApiProperty({ type: [AttemptResponse] })
  attempts!: readonly DeliveryAttempt[];
}

export class NotificationResponse {
  @ApiProperty({ format: 'uuid', example: EXAMPLE_ID })
  id!: string;

  @ApiProperty({ enum: TYPES, example: 'payment.succeeded' })
  type!: NotificationBody['type'];

  @ApiProperty({ format: 'date-time', example: '2026-11-22T09:30:00.000Z' })
  timestamp!: string;

  @ApiProperty({ example: 'cs_test_a1B2c3D4e5F6g7H8i9J0' })
  subject!: string;

  @ApiProperty({ description: 'Counts per subject, from 1 without gaps', example: 1 })
  sequence!: number;

  @ApiProperty({ type: 'object', additionalProperties: true, example: {} })
  data!: Record<string, unknown>;

  @ApiProperty({ type: [DeliveryResponse] })
  deliveries!: DeliveryResponse[];

  static of({ notification, deliveries }: SentNotification): NotificationResponse {
    const { id, type, at, subject, sequence, data } = notification;
    return {
      id,
      type,
      timestamp: at.toISOString(),
      subject,
      sequence,
      data,
      deliveries: deliveries.map(({ endpointId, state, attempts }) => ({ endpointId, state, attempts })),
    };
  }
}

export class NotificationsResponse {
  @ApiProperty({ type: [NotificationResponse] })
  data!: NotificationResponse[];

  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page', example: null })
  nextCursor!: string | null;
}

export class RedeliveryResponse {
  @ApiProperty({ description: 'How many deliveries will be attempted', example: 1 })
  count!: number;
}
