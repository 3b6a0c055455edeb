import { Inject, Injectable } from '@nestjs/common';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { Problem } from '#core/problem.js';
import { type Database, DATABASE, type Transaction } from '../database/database.js';
import { operationReviews, operations } from '../database/schema.js';
import { checkoutClaims } from '../database/schema-checkout.js';

/** A caller's own id of a payment. */
export interface ShopTransaction {
  caller: string;
  shopTransactionId: string;
}

/**
 * Which running operation starts the payment of a shop transaction. A claim ends in the transaction that stores the
 * operation's outcome, or with an operation that is deleted because it was not planned.
 */
@Injectable()
export class CheckoutClaimsStore {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /**
   * Claims a shop transaction for an operation, unless another operation is starting its payment. Waits for one whose
   * outcome is just being stored.
   *
   * @throws {Problem} `in-progress` or `needs-review`, whichever the other operation is
   */
  async claim(operationId: string, { caller, shopTransactionId }: ShopTransaction): Promise<void> {
    const wasReviewed = sql`exists (select from ${operationReviews}
      where ${operationReviews.operationId} = ${checkoutClaims.operationId})`;
    const { rowCount } = await this.database
      .insert(checkoutClaims)
      .values({ caller, shopTransactionId, operationId })
      .onConflictDoUpdate({
        target: [checkoutClaims.caller, checkoutClaims.shopTransactionId],
        set: { operationId },
        setWhere: sql`${checkoutClaims.operationId} = ${operationId}::uuid or ${wasReviewed}`,
      });
    if (rowCount === 0) throw problemFor(await this.stateOf({ caller, shopTransactionId }));
  }

  /** Does the same, unless the shop transaction is claimed already. */
  async claimIfFree(operationId: string, transaction: ShopTransaction): Promise<void> {
    await this.database
      .insert(checkoutClaims)
      .values({ ...transaction, operationId })
      .onConflictDoNothing();
  }

  /** Requires that no operation is starting the payment. @throws {Problem} as {@link claim} does */
  async assertFree(transaction: ShopTransaction): Promise<void> {
    const state = await this.stateOf(transaction);
    if (state !== undefined) throw problemFor(state);
  }

  /** Ends the claim of an operation, if it has one. */
  async release(transaction: Transaction, operationId: string): Promise<void> {
    await transaction.delete(checkoutClaims).where(eq(checkoutClaims.operationId, operationId));
  }

  /** The state of the operation that has the claim; undefined if there is none, or its review is closed. */
  private async stateOf({ caller, shopTransactionId }: ShopTransaction): Promise<string | undefined> {
    const [other] = await this.database
      .select({ state: operations.state })
      .from(checkoutClaims)
      .innerJoin(operations, eq(operations.id, checkoutClaims.operationId))
      .leftJoin(operationReviews, eq(operationReviews.operationId, operations.id))
      .where(
        and(
          eq(checkoutClaims.caller, caller),
          eq(checkoutClaims.shopTransactionId, shopTransactionId),
          isNull(operationReviews.operationId),
        ),
      );
    return other?.state;
  }
}

function problemFor(state: string | undefined): Problem {
  return new Problem(state === 'needs-review' ? 'needs-review' : 'in-progress');
}
