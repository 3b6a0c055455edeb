import { Inject, Injectable } from '@nestjs/common';
import { and, asc, desc, eq, gte, inArray, lt, sql } from 'drizzle-orm';
import { Clock } from '#core/clock.js';
import type { Page } from '#core/page.js';
import { type Database, DATABASE, type Transaction } from '../database/database.js';
import { auditLog } from '../database/schema.js';
import { inBatches, PRUNE_BATCH_SIZE } from '../queue/in-batches.js';
import type { AuditEntry, AuditFilter, Change, ChangeAuthor } from './audit-entry.js';

const DAY_HOURS = 24;
const HOUR_MS = 60 * 60 * 1000;

/**
 * Who changed what, when and from where. A trigger refuses to change an entry, and to delete one of the last 366 days.
 */
@Injectable()
export class AuditLog {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Records a change in the transaction that makes it, so that neither is committed without the other. */
  async record(transaction: Transaction, author: ChangeAuthor, change: Change): Promise<void> {
    const { caller, keyId, address } = author;
    const { action, objectId, details = {} } = change;
    await transaction
      .insert(auditLog)
      .values({ at: this.clock.now(), caller, keyId, address, action, objectId, details });
  }

  /**
   * Lists entries, newest first.
   *
   * @param before only entries with smaller ids, if present
   */
  async list(
    { action, objectId, caller, from, to }: AuditFilter,
    limit: number,
    before?: number,
  ): Promise<Page<AuditEntry>> {
    const rows = await this.database
      .select()
      .from(auditLog)
      .where(
        and(
          action && eq(auditLog.action, action),
          objectId === undefined ? undefined : eq(auditLog.objectId, objectId),
          caller === undefined ? undefined : eq(auditLog.caller, caller),
          from && gte(auditLog.at, from),
          to && lt(auditLog.at, to),
          before === undefined ? undefined : lt(auditLog.id, before),
        ),
      )
      .orderBy(desc(auditLog.id))
      .limit(limit + 1);
    return { items: rows.slice(0, limit), hasMore: rows.length > limit };
  }

  /**
   * Deletes the entries that are older than so many days of 24 hours, both by this process's clock and by PostgreSQL's: a
   * clock that is ahead deletes nothing early.
   */
  async prune(retentionDays: number): Promise<void> {
    const retentionHours = retentionDays * DAY_HOURS;
    const before = new Date(this.clock.now().getTime() - retentionHours * HOUR_MS);
    const prunable = this.database
      .select({ id: auditLog.id })
      .from(auditLog)
      .where(
        lt(
          auditLog.at,
          sql`least(${before.toISOString()}::timestamptz, now() - make_interval(hours => ${retentionHours}))`,
        ),
      )
      .orderBy(asc(auditLog.at))
      .limit(PRUNE_BATCH_SIZE);
    await inBatches(() => this.database.delete(auditLog).where(inArray(auditLog.id, prunable)));
  }
}
