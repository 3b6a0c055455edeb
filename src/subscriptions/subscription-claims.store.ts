import { Inject, Injectable } from '@nestjs/common';
import { Problem } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { mayTakeClaim } from '../database/claim-condition.js';
import { type Database, DATABASE } from '../database/database.js';
import { subscriptionClaims } from '../database/schema-checkout.js';

/**
 * Which running operation changes a subscription, so that such operations run one after the other:
 * docs/adr/0024-changes-of-subscriptions.md. A claim lasts until its operation has ended.
 */
@Injectable()
export class SubscriptionClaimsStore {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /**
   * Claims a subscription, before its state is read and the plan is stored. A dry run claims nothing.
   *
   * @throws {Problem} `in-progress` while another operation changes it
   */
  async claim({ dryRun }: RequestContext, operationId: string, subscriptionId: string): Promise<void> {
    if (dryRun) return;
    const { rowCount } = await this.database
      .insert(subscriptionClaims)
      .values({ subscriptionId, operationId })
      .onConflictDoUpdate({
        target: subscriptionClaims.subscriptionId,
        set: { operationId },
        setWhere: mayTakeClaim(subscriptionClaims.operationId, operationId),
      });
    if (rowCount === 0) throw new Problem('in-progress');
  }
}
