import type { Owner } from '#core/actor.js';
import type { Clock } from '#core/clock.js';
import { SERVICE_AUTHOR } from '../access/audit-entry.js';
import { AuditLog } from '../access/audit-log.store.js';
import type { Mode } from '../config/mode.js';
import type { Database } from '../database/database.js';
import { customers } from '../database/schema.js';
import { linkOf } from './customers.store.js';

/** Links customers that Stripe has, and a restored database has lost. */
export class LostCustomersStore {
  private readonly auditLog: AuditLog;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly mode: Mode,
  ) {
    this.auditLog = new AuditLog(database, clock);
  }

  /**
   * Links a customer to an owner that nothing is known of. An owner whose customer was unlinked, or is being created, and a
   * customer of another owner stay as they are.
   */
  link(owner: Owner, stripeCustomerId: string): Promise<void> {
    return this.database.transaction(async (transaction) => {
      const { rowCount } = await transaction
        .insert(customers)
        .values({ ...owner, stripeCustomerId, mode: this.mode, createdAt: this.clock.now() })
        .onConflictDoNothing();
      if (rowCount === 0) return;
      await this.auditLog.record(transaction, SERVICE_AUTHOR, linkOf(owner, stripeCustomerId));
    });
  }
}
