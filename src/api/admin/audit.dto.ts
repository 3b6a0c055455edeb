import { ApiProperty } from '@nestjs/swagger';
import {
  AUDIT_ACTIONS,
  type AuditAction,
  type AuditEntry,
  type AuditFilter,
} from '../../access/audit-entry.js';
import { ChoiceField, CursorField, InstantField, PageSizeField, TextField } from '../dto/fields.js';
import { PAGE_SIZE_DEFAULT } from './page-size.js';

/** An entry's id has at most as many digits as is safe for a number. */
const ENTRY_ID = /^[1-9]\d{0,14}$/;
const ID_MAX_LENGTH = 255;
const CALLER_MAX_LENGTH = 1_000;

export class AuditQuery {
  @ChoiceField({ choices: AUDIT_ACTIONS, optional: true, description: 'Only this action' })
  action?: AuditAction;

  @TextField({
    maxLength: ID_MAX_LENGTH,
    optional: true,
    description: 'Only changes to the object with this id',
  })
  objectId?: string;

  @TextField({ maxLength: CALLER_MAX_LENGTH, optional: true, description: 'Only changes by this caller' })
  caller?: string;

  @InstantField({ optional: true, description: 'Only changes at this instant or later', example: undefined })
  from?: string;

  @InstantField({ optional: true, description: 'Only changes before this instant', example: undefined })
  to?: string;

  @PageSizeField({ optional: true, description: `1 to 100; ${PAGE_SIZE_DEFAULT} by default` })
  limit?: string;

  @CursorField(ENTRY_ID)
  cursor?: string;

  toFilter(): AuditFilter {
    const { action, objectId, caller, from, to } = this;
    return {
      ...(action && { action }),
      ...(objectId !== undefined && { objectId }),
      ...(caller !== undefined && { caller }),
      ...(from !== undefined && { from: new Date(from) }),
      ...(to !== undefined && { to: new Date(to) }),
    };
  }
}

export class AuditEntryResponse {
  @ApiProperty({ example: '42' })
  id!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T09:30:00.000Z' })
  at!: string;

  @ApiProperty({
    description:
      'A partner or a service, `operator:` and an account of the operating system for a command, or `stripe`',
    example: 'service:shop',
  })
  caller!: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The API key of the caller' })
  keyId!: string | null;

  @ApiProperty({ description: 'An IP address, `command line` or `stripe`', example: '10.0.0.7' })
  address!: string;

  @ApiProperty({ enum: AUDIT_ACTIONS, example: 'key.revoked' })
  action!: AuditAction;

  @ApiProperty({ example: '6f0c5c1e-3d0b-4f7a-9a59-2f4f1c3b8d21' })
  objectId!: string;

  @ApiProperty({ type: 'object', additionalProperties: true, example: {} })
  details!: Record<string, unknown>;

  static of({ id, at, caller, keyId, address, action, objectId, details }: AuditEntry): AuditEntryResponse {
    return { id: String(id), at: at.toISOString(), caller, keyId, address, action, objectId, details };
  }
}

export class AuditResponse {
  @ApiProperty({ type: [AuditEntryResponse] })
  data!: AuditEntryResponse[];

  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page', example: null })
  nextCursor!: string | null;
}
