import { ApiProperty } from '@nestjs/swagger';
import {
  type OperationReview,
  REVIEW_FINDINGS,
  REVIEW_STATES,
  type ReviewClosure,
  type ReviewFinding,
  type ReviewState,
} from '../../operations/operation-review.js';
import { ChoiceField, PageSizeField, TextField, UuidField } from '../dto/fields.js';
import { PAGE_SIZE_DEFAULT } from './page-size.js';

const EXAMPLE_ID = '3e1f7f0c-54c8-8b21-8f0e-6c1a5d1e9b7a';
const NOTE_MAX_LENGTH = 500;

export class ReviewPath {
  @UuidField({ description: 'The id of the operation', example: EXAMPLE_ID })
  id!: string;
}

export class ReviewsQuery {
  @ChoiceField({ choices: REVIEW_STATES, optional: true, description: 'Only reviews in this state' })
  state?: ReviewState;

  @PageSizeField({ optional: true, description: `1 to 100; ${PAGE_SIZE_DEFAULT} by default` })
  limit?: string;

  @UuidField({ optional: true, description: 'The `nextCursor` of the previous page' })
  cursor?: string;
}

export class ReviewClosureRequest {
  @ChoiceField({
    choices: REVIEW_FINDINGS,
    description: '`done`: Stripe has the object. `not-done`: it certainly does not.',
    example: 'done',
  })
  finding!: ReviewFinding;

  @TextField({
    maxLength: NOTE_MAX_LENGTH,
    isStored: true,
    description: 'How it was found out, for the audit log',
    example: 'Found by its metadata in the Dashboard',
  })
  note!: string;

  toCommand(): ReviewClosure {
    return { finding: this.finding, note: this.note };
  }
}

export class ReviewResponse {
  @ApiProperty({ format: 'uuid', example: EXAMPLE_ID })
  operationId!: string;

  @ApiProperty({ example: 'charge' })
  kind!: string;

  @ApiProperty({ description: 'Who started it; a user by a pseudonym', example: 'partner:acme' })
  caller!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T09:30:00.000Z' })
  createdAt!: string;

  @ApiProperty({ enum: REVIEW_STATES, example: 'closed' })
  state!: ReviewState;

  @ApiProperty({
    enum: REVIEW_FINDINGS,
    nullable: true,
    description: 'Null while it is open',
    example: 'done',
  })
  finding!: ReviewFinding | null;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: '2026-11-23T10:00:00.000Z' })
  closedAt!: string | null;

  static of({ createdAt, closedAt, ...review }: OperationReview): ReviewResponse {
    return {
      ...review,
      createdAt: createdAt.toISOString(),
      state: closedAt ? 'closed' : 'open',
      closedAt: closedAt?.toISOString() ?? null,
    };
  }
}

export class ReviewsResponse {
  @ApiProperty({ type: [ReviewResponse] })
  data!: ReviewResponse[];

  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page', example: null })
  nextCursor!: string | null;
}
