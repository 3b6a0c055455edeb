import { Injectable } from '@nestjs/common';
import { Clock } from '#core/clock.js';
import type { Page } from '#core/page.js';
import { invalidField, Problem } from '#core/problem.js';
import type { ChangeAuthor } from '../access/audit-entry.js';
import { AuditLog } from '../access/audit-log.store.js';
import type { OperationReview, ReviewClosure, ReviewState } from './operation-review.js';
import { ReviewsStore } from './reviews.store.js';

/** Reviews of operations whose outcome could not be determined. They move no money and change no outcome. */
@Injectable()
export class ReviewsService {
  constructor(
    private readonly store: ReviewsStore,
    private readonly auditLog: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Lists reviews, those of the newest operations first.
   *
   * @param after the id of the last operation of the previous page
   * @throws {Problem} `invalid-request` for an unknown `after`
   */
  async list(state: ReviewState | undefined, limit: number, after?: string): Promise<Page<OperationReview>> {
    const last = after === undefined ? undefined : await this.store.find(after);
    if (after !== undefined && !last)
      throw invalidField('cursor', 'must be the nextCursor of an earlier page');
    return this.store.list(state, limit, last);
  }

  /**
   * Closes a review. The same finding again has no effect; another one replaces it. Each change is in the audit log.
   *
   * @throws {Problem} `not-found` for an operation that needs no review
   */
  async close(
    author: ChangeAuthor,
    operationId: string,
    { finding, note }: ReviewClosure,
  ): Promise<OperationReview> {
    return this.store.transaction(async (transaction) => {
      const review = await this.store.lock(transaction, operationId);
      if (!review) throw new Problem('not-found');
      if (review.finding === finding) return review;
      const closedAt = this.clock.now();
      await this.store.save(transaction, { operationId, finding, closedAt });
      const details = { from: review.finding, to: finding, note };
      await this.auditLog.record(transaction, author, {
        action: 'review.closed',
        objectId: operationId,
        details,
      });
      return { ...review, finding, closedAt };
    });
  }
}
