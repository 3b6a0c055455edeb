import { ApiProperty } from '@nestjs/swagger';
import { parseDurationMs } from '#core/duration.js';
import type { Guardrails } from '#core/guardrails.js';
import { isScope, type Scope, SCOPES } from '#core/scope.js';
import { Satisfies } from '../../config/satisfies.js';
import {
  API_KEY_KINDS,
  API_KEY_STATES,
  type ApiKey,
  type ApiKeyKind,
  type ApiKeyState,
  type IssuedApiKey,
  LABEL_MAX_LENGTH,
  stateOf,
} from '../../access/api-key.js';
import type { ApiKeyRequest } from '../../access/api-key-admin.service.js';
import type { ApiKeyFilter } from '../../access/api-keys.store.js';
import {
  ChoiceField,
  DurationField,
  Field,
  InstantField,
  PageSizeField,
  PartnerNameField,
  TextField,
  UuidField,
} from '../dto/fields.js';
import { NULLABLE_GUARDRAILS } from './guardrails.dto.js';
import { PAGE_SIZE_DEFAULT } from './page-size.js';

const EXAMPLE_ID = '6f0c5c1e-3d0b-4f7a-9a59-2f4f1c3b8d21';
const NAME = { description: "The partner's tenant, or the service's name", example: 'shop' };

export class KeyPath {
  @UuidField({ description: 'The id of the key', example: EXAMPLE_ID })
  id!: string;
}

export class KeysQuery {
  @ChoiceField({ choices: API_KEY_KINDS, optional: true, description: 'Only keys of this kind' })
  kind?: ApiKeyKind;

  @PartnerNameField({ ...NAME, optional: true, example: undefined })
  name?: string;

  @PageSizeField({ optional: true, description: `1 to 100; ${PAGE_SIZE_DEFAULT} by default` })
  limit?: string;

  @UuidField({ optional: true, description: 'The `nextCursor` of the previous page' })
  cursor?: string;

  toFilter(): ApiKeyFilter {
    const { kind, name } = this;
    return { ...(kind && { kind }), ...(name !== undefined && { name }) };
  }
}

export class KeyRequest {
  @ChoiceField({ choices: API_KEY_KINDS, description: 'Who will use the key', example: 'service' })
  kind!: ApiKeyKind;

  @PartnerNameField({
    ...NAME,
    description: `${NAME.description}; a tenant must not begin with \`partner:\` or \`issuer:\``,
  })
  name!: string;

  @Field(
    {
      description: 'What the key may do. Only a service can have `keys:admin`.',
      example: ['customers:read'],
    },
    { type: String, isArray: true, enum: SCOPES, minItems: 1 },
    Satisfies(isScopeList, `must be a list without repetitions of: ${SCOPES.join(', ')}`),
  )
  scopes!: Scope[];

  @TextField({
    maxLength: LABEL_MAX_LENGTH,
    isPrinted: true,
    optional: true,
    description: 'For your own use',
    example: 'CRM',
  })
  label?: string;

  @InstantField({ optional: true, description: 'When the key stops working; never by default' })
  expiresAt?: string;

  toCommand(): ApiKeyRequest {
    const { kind, name, scopes, label, expiresAt } = this;
    return {
      kind,
      name,
      scopes,
      ...(label !== undefined && { label }),
      ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt) }),
    };
  }
}

function isScopeList(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    new Set(value).size === value.length &&
    value.every((scope) => typeof scope === 'string' && isScope(scope))
  );
}

export class RotationRequest {
  @DurationField({
    optional: true,
    description: 'How long the old key still works. By default it stops working at once.',
  })
  overlap?: string;

  get overlapMs(): number {
    return (this.overlap === undefined ? undefined : parseDurationMs(this.overlap)) ?? 0;
  }
}

export class KeyResponse {
  @ApiProperty({ format: 'uuid', example: EXAMPLE_ID })
  id!: string;

  @ApiProperty({ enum: API_KEY_KINDS, example: 'service' })
  kind!: ApiKeyKind;

  @ApiProperty(NAME)
  name!: string;

  @ApiProperty({ type: String, nullable: true, example: 'CRM' })
  label!: string | null;

  @ApiProperty({ enum: SCOPES, isArray: true, example: ['customers:read'] })
  scopes!: readonly Scope[];

  @ApiProperty({ enum: API_KEY_STATES, example: 'active' })
  state!: ApiKeyState;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The key that this one was made to replace',
    example: null,
  })
  replaces!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T09:30:00.000Z' })
  createdAt!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  expiresAt!: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'To the minute',
    example: '2026-11-23T17:05:00.000Z',
  })
  lastUsedAt!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  revokedAt!: string | null;

  @ApiProperty({
    ...NULLABLE_GUARDRAILS,
    description: 'Null if it has none',
    example: { maxCharge: { usd: 5000 } },
  })
  guardrails!: Guardrails | null;

  static of(key: ApiKey, now: Date): KeyResponse {
    const { id, kind, name, label, scopes, replaces, createdAt, expiresAt, lastUsedAt, revokedAt } = key;
    const { guardrails } = key;
    return {
      id,
      kind,
      name,
      label,
      scopes,
      state: stateOf(key, now),
      replaces,
      createdAt: createdAt.toISOString(),
      expiresAt: expiresAt?.toISOString() ?? null,
      lastUsedAt: lastUsedAt?.toISOString() ?? null,
      revokedAt: revokedAt?.toISOString() ?? null,
      guardrails,
    };
  }
}

export class NewKeyResponse extends KeyResponse {
  @ApiProperty({
    description: 'What its holder sends as the bearer credential. It cannot be read again.',
    example: 'pdk_service_...',
  })
  key!: string;

  static ofIssued({ key, secret }: IssuedApiKey, now: Date): NewKeyResponse {
    return Object.assign(KeyResponse.of(key, now), { key: secret });
  }
}

export class KeysResponse {
  @ApiProperty({ type: [KeyResponse] })
  data!: KeyResponse[];

  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page', example: null })
  nextCursor!: string | null;
}
