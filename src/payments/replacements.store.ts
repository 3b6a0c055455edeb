import { Inject, Injectable } from '@nestjs/common';
import { and, eq, isNotNull, isNull, notExists, or, sql } from 'drizzle-orm';
import { Problem } from '#core/problem.js';
import { type Database, DATABASE } from '../database/database.js';
import { operationReviews, operations } from '../database/schema.js';
import { payments } from '../database/schema-payments.js';

/** Whether an operation may open, or have opened, a page that nobody knows: until it has ended, or a person has found no page. */
const MAY_OPEN = sql`${operations.state} in ('running', 'needs-review') and not exists (
  select from ${operationReviews}
  where ${operationReviews.operationId} = ${operations.id} and ${operationReviews.finding} = 'not-done')`;

/** Which payments are paid on a Checkout page in place of their PaymentIntent. */
@Injectable()
export class ReplacementsStore {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /**
   * Marks a payment, so that only one operation replaces its PaymentIntent. The mark of an operation that has opened no page does
   * not count, but is kept: if Stripe makes the page late, it belongs to this payment. The new revision keeps those that are
   * reading the payment from writing what they have read.
   *
   * @returns false if another operation has done it, or is at it
   */
  async mark(paymentId: string, operationId: string): Promise<boolean> {
    const operation = this.database
      .select({ id: operations.id })
      .from(operations)
      .where(and(eq(operations.id, payments.replacementId), MAY_OPEN));
    const { rowCount } = await this.database
      .update(payments)
      .set({ replacementId: operationId, revision: sql`${payments.revision} + 1` })
      .where(
        and(
          eq(payments.paymentId, paymentId),
          isNull(payments.sessionId),
          or(isNull(payments.replacementId), eq(payments.replacementId, operationId), notExists(operation)),
        ),
      );
    return rowCount === 1;
  }

  /**
   * The id of the object at Stripe with which a payment is paid, if a Checkout page has taken the place of the PaymentIntent
   * with this id; any other id as it is.
   *
   * @throws {Problem} `in-progress` while an operation is about to replace it
   */
  async currentIdOf(id: string): Promise<string> {
    if (!id.startsWith('pi_')) return id;
    const marked = await this.findMarked(id);
    if (!marked) return id;
    if (marked.sessionId === null && (await this.isReplacing(marked))) throw new Problem('in-progress');
    return marked.paymentIntentId ?? marked.sessionId ?? id;
  }

  /** Whether a payment is paid on a Checkout page in place of this PaymentIntent, or an operation is about to open one. */
  async isReplaced(paymentIntentId: string): Promise<boolean> {
    const marked = await this.findMarked(paymentIntentId);
    return marked !== undefined && (marked.sessionId !== null || this.isReplacing(marked));
  }

  /** Whether an operation is about to replace the PaymentIntent of a payment. */
  async isReplacing({ paymentId }: { paymentId: string }): Promise<boolean> {
    const { rows } = await this.database.execute(sql`
      select from ${payments} join ${operations} on ${operations.id} = ${payments.replacementId}
      where ${payments.paymentId} = ${paymentId} and ${payments.sessionId} is null and ${MAY_OPEN}`);
    return rows.length > 0;
  }

  /** The open Checkout page with which a payment is paid in place of its PaymentIntent; undefined if it has none. */
  async openPageOf(paymentId: string): Promise<string | undefined> {
    const [row] = await this.database
      .select({ sessionId: payments.sessionId })
      .from(payments)
      .where(
        and(
          eq(payments.paymentId, paymentId),
          isNotNull(payments.replacementId),
          eq(payments.checkoutStatus, 'open'),
        ),
      );
    return row?.sessionId ?? undefined;
  }

  private async findMarked(paymentIntentId: string) {
    const { paymentId, sessionId, paymentIntentId: current } = payments;
    const [marked] = await this.database
      .select({ paymentId, sessionId, paymentIntentId: current })
      .from(payments)
      .where(and(eq(paymentId, paymentIntentId), isNotNull(payments.replacementId)));
    return marked;
  }
}
