import { ApiProperty } from '@nestjs/swagger';
import { Satisfies } from '../../config/satisfies.js';
import {
  DESCRIPTION_MAX_LENGTH,
  DISABLED_REASONS,
  type DisabledReason,
  type Endpoint,
  type EndpointRequest,
  URL_MAX_LENGTH,
} from '../../notifications/endpoint.js';
import type { IssuedEndpoint } from '../../notifications/endpoints.service.js';
import {
  isNotificationType,
  NOTIFICATION_TYPES,
  type NotificationType,
} from '../../notifications/notification-types.js';
import { codePointLength, PLAIN_TEXT } from '#core/text.js';
import { hasLuhnNumber } from '#core/card-number.js';
import { hasKey, hasToken } from '../../logging/redact.js';
import {
  BooleanField,
  Field,
  InstantField,
  PageSizeField,
  TextField,
  UuidField,
  Without,
} from '../dto/fields.js';

const EXAMPLE_ID = '0b6f3f4e-6a53-4f0e-9d0f-6f2c8f3a1d57';
const EXAMPLE_URL = 'https://shop.example/notifications';
export const PAGE_SIZE_DEFAULT = 20;

export class EndpointPath {
  @UuidField({ description: 'The id of the endpoint', example: EXAMPLE_ID })
  id!: string;
}

export class EndpointsQuery {
  @PageSizeField({ optional: true, description: `1 to 100; ${PAGE_SIZE_DEFAULT} by default` })
  limit?: string;

  @UuidField({ optional: true, description: 'The `nextCursor` of the previous page' })
  cursor?: string;
}

function UrlField(optional: boolean): PropertyDecorator {
  return TextField({
    maxLength: URL_MAX_LENGTH,
    isReference: true,
    isStored: true,
    optional,
    description: 'An https URL with a public address, or one in `NOTIFICATION_ALLOWED_NETWORKS`',
    example: EXAMPLE_URL,
  });
}

function TypesField(): PropertyDecorator {
  return Field(
    { description: 'What it gets; null for all', example: ['payment.succeeded'], optional: true },
    {
      type: 'array',
      nullable: true,
      minItems: 1,
      uniqueItems: true,
      items: { type: 'string', enum: [...NOTIFICATION_TYPES] },
    },
    Satisfies(isTypeList, `must be null, or a list without repetitions of: ${NOTIFICATION_TYPES.join(', ')}`),
  );
}

function DescriptionField(): PropertyDecorator {
  return Field(
    { description: 'For your own use', example: 'Orders', optional: true },
    { type: String, nullable: true, minLength: 1, maxLength: DESCRIPTION_MAX_LENGTH },
    Satisfies(isDescription, `must be null, or 1 to ${DESCRIPTION_MAX_LENGTH} characters of plain text`),
    Without(hasLuhnNumber, 'a card number'),
    Without(hasKey, 'a key'),
    Without(hasToken, 'a token'),
  );
}

export class EndpointCreationRequest {
  @UrlField(false)
  url!: string;

  @TypesField()
  types?: NotificationType[] | null;

  @DescriptionField()
  description?: string | null;

  toCommand(): EndpointRequest {
    return { url: this.url, types: this.types ?? null, description: this.description ?? null };
  }
}

export class EndpointChangeRequest {
  @UrlField(true)
  url?: string;

  @TypesField()
  types?: NotificationType[] | null;

  @DescriptionField()
  description?: string | null;

  @BooleanField({ description: 'Whether anything is delivered to it', optional: true })
  enabled?: boolean;

  toCommand(): Partial<EndpointRequest> & { enabled?: boolean } {
    const { url, types, description, enabled } = this;
    return {
      ...(url !== undefined && { url }),
      ...(types !== undefined && { types }),
      ...(description !== undefined && { description }),
      ...(enabled !== undefined && { enabled }),
    };
  }
}

export class RangeRedeliveryRequest {
  @InstantField({
    description: 'Inclusive, by when a notification was stored',
    example: '2026-11-22T09:30:00Z',
  })
  since!: string;

  @InstantField({ description: 'Exclusive', example: '2026-11-23T09:30:00Z' })
  until!: string;
}

function isTypeList(value: unknown): boolean {
  return (
    value === null ||
    (Array.isArray(value) &&
      value.length > 0 &&
      new Set(value).size === value.length &&
      value.every((type) => typeof type === 'string' && isNotificationType(type)))
  );
}

function isDescription(value: unknown): boolean {
  if (value === null) return true;
  if (typeof value !== 'string' || value === '' || !PLAIN_TEXT.test(value)) return false;
  return codePointLength(value) <= DESCRIPTION_MAX_LENGTH;
}

export class EndpointResponse {
  @ApiProperty({ format: 'uuid', example: EXAMPLE_ID })
  id!: string;

  @ApiProperty({ example: EXAMPLE_URL })
  url!: string;

  @ApiProperty({
    type: 'array',
    items: { type: 'string', enum: [...NOTIFICATION_TYPES] },
    nullable: true,
    description: 'Null for all',
    example: null,
  })
  types!: readonly NotificationType[] | null;

  @ApiProperty({ type: String, nullable: true, example: 'Orders' })
  description!: string | null;

  @ApiProperty({ example: true })
  enabled!: boolean;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T09:30:00.000Z' })
  createdAt!: string;

  @ApiProperty({
    type: String,
    enum: [...DISABLED_REASONS, null],
    nullable: true,
    description:
      'Why this service has switched it off. `gone`: it answered 410. `unreachable`: nothing was delivered for five days. ' +
      '`no-credential`: its caller has no API key with `notifications:manage` any more.',
    example: null,
  })
  disabledReason!: DisabledReason | null;

  static of({ id, url, types, description, enabled, createdAt, disabledReason }: Endpoint): EndpointResponse {
    return {
      id,
      url,
      types,
      description,
      enabled,
      createdAt: createdAt.toISOString(),
      disabledReason,
    };
  }
}

export class NewEndpointResponse extends EndpointResponse {
  @ApiProperty({
    description: 'Signs what is delivered: https://www.standardwebhooks.com. It cannot be read again.',
    example: 'whsec_...',
  })
  secret!: string;

  static ofIssued({ endpoint, secret }: IssuedEndpoint): NewEndpointResponse {
    return Object.assign(EndpointResponse.of(endpoint), { secret });
  }
}

export class EndpointsResponse {
  @ApiProperty({ type: [EndpointResponse] })
  data!: EndpointResponse[];

  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page', example: null })
  nextCursor!: string | null;
}

export class SecretResponse {
  @ApiProperty({ description: 'It cannot be read again.', example: 'whsec_...' })
  secret!: string;
}

export class TestResponse {
  @ApiProperty({ format: 'uuid', example: EXAMPLE_ID })
  notificationId!: string;
}
