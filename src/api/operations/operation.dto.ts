import { ApiProperty } from '@nestjs/swagger';
import {
  OPERATION_STATES,
  type OperationReport,
  type OperationState,
  operationView,
} from '../../operations/operation-report.js';
import { UuidField } from '../dto/fields.js';

const EXAMPLE_ID = '3e1f7f0c-54c8-8b21-8f0e-6c1a5d1e9b7a';

export class OperationPath {
  @UuidField({ description: 'The `operationId` of a problem document', example: EXAMPLE_ID })
  id!: string;
}

export class OperationResponse {
  @ApiProperty({ format: 'uuid', example: EXAMPLE_ID })
  operationId!: string;

  @ApiProperty({
    enum: OPERATION_STATES,
    description:
      'A running operation continues by itself. To get the result of one that succeeded, repeat the request ' +
      'with the same Idempotency-Key.',
  })
  state!: OperationState;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Type of the problem if it failed',
    example: null,
  })
  problem!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T09:30:00.000Z' })
  createdAt!: string;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: '2026-11-22T09:30:01.000Z' })
  finishedAt!: string | null;

  static of(report: OperationReport): OperationResponse {
    return operationView(report);
  }
}
