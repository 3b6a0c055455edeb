import { Inject, Injectable } from '@nestjs/common';
import { and, desc, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Page } from '#core/page.js';
import { type Database, DATABASE, type Transaction } from '../database/database.js';
import { operationReviews as reviews, operations } from '../database/schema.js';
import type { OperationReview, ReviewFinding, ReviewState } from './operation-review.js';

const { id, kind, caller, createdAt } = operations;
const { finding, closedAt } = reviews;
const REVIEW = { operationId: id, kind, caller, createdAt, finding, closedAt };
/** Compared with a literal, so that PostgreSQL uses the partial index. */
const NEEDS_REVIEW = sql`${operations.state} = 'needs-review'`;

/** Operations that need a review, and what came of it. */
@Injectable()
export class ReviewsStore {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  transaction<Result>(run: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return this.database.transaction(run);
  }

  /** Undefined for an operation that needs no review. */
  async find(
    operationId: string,
    database: Database | Transaction = this.database,
  ): Promise<OperationReview | undefined> {
    const [row] = await this.query(database).where(and(eq(id, operationId), NEEDS_REVIEW));
    return row;
  }

  /** Finds it like {@link find}, and locks its operation until the transaction ends. */
  async lock(transaction: Transaction, operationId: string): Promise<OperationReview | undefined> {
    // A statement of its own: one that waits for the lock would still see the joined row from before the wait.
    await transaction.select({ id }).from(operations).where(eq(id, operationId)).for('update');
    return this.find(operationId, transaction);
  }

  /**
   * Lists reviews, those of the newest operations first.
   *
   * @param last only reviews after this one, if present
   */
  async list(
    state: ReviewState | undefined,
    limit: number,
    last: OperationReview | undefined,
  ): Promise<Page<OperationReview>> {
    const rows = await this.query(this.database)
      .where(
        and(
          NEEDS_REVIEW,
          state && (state === 'open' ? isNull(closedAt) : isNotNull(closedAt)),
          last &&
            sql`(${createdAt}, ${id}) < (${last.createdAt.toISOString()}::timestamptz, ${last.operationId}::uuid)`,
        ),
      )
      .orderBy(desc(createdAt), desc(id))
      .limit(limit + 1);
    return { items: rows.slice(0, limit), hasMore: rows.length > limit };
  }

  async save(
    transaction: Transaction,
    review: { operationId: string; finding: ReviewFinding; closedAt: Date },
  ): Promise<void> {
    await transaction
      .insert(reviews)
      .values(review)
      .onConflictDoUpdate({ target: reviews.operationId, set: review });
  }

  private query(database: Database | Transaction) {
    return database.select(REVIEW).from(operations).leftJoin(reviews, eq(reviews.operationId, id)).$dynamic();
  }
}
