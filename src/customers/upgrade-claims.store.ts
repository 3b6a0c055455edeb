import { Inject, Injectable } from '@nestjs/common';
import { and, eq } from 'drizzle-orm';
import { Problem } from '#core/problem.js';
import { mayTakeClaim } from '../database/claim-condition.js';
import { type Database, DATABASE, type Transaction } from '../database/database.js';
import { operations } from '../database/schema.js';
import { upgradeClaims } from '../database/schema-checkout.js';

/**
 * Which running operation upgrades a customer's subscription to a product. Meanwhile no page is opened on which the customer
 * could subscribe to it again: docs/adr/0022-one-open-page-for-a-product.md
 */
@Injectable()
export class UpgradeClaimsStore {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /**
   * Claims a product for an upgrade, before its plan is stored. The claim of an operation that has ended does not count.
   *
   * @throws {Problem} `in-progress` if another upgrade has it
   */
  async claim(operationId: string, customer: string, productId: string): Promise<void> {
    const { rowCount } = await this.database
      .insert(upgradeClaims)
      .values({ customer, productId, operationId })
      .onConflictDoUpdate({
        target: [upgradeClaims.customer, upgradeClaims.productId],
        set: { operationId },
        setWhere: mayTakeClaim(upgradeClaims.operationId, operationId),
      });
    if (rowCount === 0) throw new Problem('in-progress');
  }

  /** Whether an operation is upgrading to a product. */
  async isClaimed(customer: string, productId: string): Promise<boolean> {
    const claims = await this.database
      .select({ operationId: upgradeClaims.operationId })
      .from(upgradeClaims)
      .innerJoin(operations, eq(operations.id, upgradeClaims.operationId))
      .where(
        and(
          eq(upgradeClaims.customer, customer),
          eq(upgradeClaims.productId, productId),
          eq(operations.state, 'running'),
        ),
      );
    return claims.length > 0;
  }

  /** Ends the claim of an operation, in the transaction that stores its outcome. */
  async release(transaction: Transaction, operationId: string): Promise<void> {
    await transaction.delete(upgradeClaims).where(eq(upgradeClaims.operationId, operationId));
  }
}
