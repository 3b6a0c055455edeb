import { Inject, Injectable } from '@nestjs/common';
import { and, desc, eq, isNull, ne, sql } from 'drizzle-orm';
import type { Page } from '#core/page.js';
import { type Database, DATABASE, type Transaction } from '../database/database.js';
import { notificationEndpoints as endpoints } from '../database/schema.js';

export type EndpointRow = typeof endpoints.$inferSelect;

/** Endpoints in PostgreSQL. Another caller's does not exist for a caller. */
@Injectable()
export class EndpointsStore {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** Runs changes in one transaction. */
  transaction<Result>(change: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return this.database.transaction(change);
  }

  async insert(transaction: Transaction, row: typeof endpoints.$inferInsert): Promise<EndpointRow> {
    const [inserted] = await transaction.insert(endpoints).values(row).returning();
    return inserted as EndpointRow;
  }

  async find(caller: string, id: string): Promise<EndpointRow | undefined> {
    const [row] = await this.database.select().from(endpoints).where(isOf(caller, id));
    return row;
  }

  /** Reads an endpoint and locks it until the end of the transaction. */
  async lock(transaction: Transaction, caller: string, id: string): Promise<EndpointRow | undefined> {
    const [row] = await transaction.select().from(endpoints).where(isOf(caller, id)).for('update');
    return row;
  }

  /** Lists the endpoints of a caller, newest first; those after `last` if it is present. */
  async list(caller: string, limit: number, last?: EndpointRow): Promise<Page<EndpointRow>> {
    const isAfter =
      last &&
      sql`(${endpoints.createdAt}, ${endpoints.id}) < (${last.createdAt.toISOString()}::timestamptz, ${last.id}::uuid)`;
    const rows = await this.database
      .select()
      .from(endpoints)
      .where(and(eq(endpoints.caller, caller), isAfter))
      .orderBy(desc(endpoints.createdAt), desc(endpoints.id))
      .limit(limit + 1);
    return { items: rows.slice(0, limit), hasMore: rows.length > limit };
  }

  async count(transaction: Transaction, caller: string): Promise<number> {
    return transaction.$count(endpoints, eq(endpoints.caller, caller));
  }

  async update(transaction: Transaction, id: string, change: Partial<EndpointRow>): Promise<EndpointRow> {
    const [row] = await transaction.update(endpoints).set(change).where(eq(endpoints.id, id)).returning();
    return row as EndpointRow;
  }

  /** Endpoints with a secret, of which one does not start with this prefix. */
  async notEncryptedWith(prefix: string): Promise<EndpointRow[]> {
    const { secret, previousSecret } = endpoints;
    const isOther = sql`not starts_with(${secret}, ${prefix}) or not starts_with(${previousSecret}, ${prefix})`;
    return this.database
      .select()
      .from(endpoints)
      .where(and(ne(secret, ''), isOther));
  }

  /** Replaces the secrets of an endpoint, unless they have changed since it was read. */
  async replaceSecrets(
    { id, secret, previousSecret }: EndpointRow,
    change: Pick<EndpointRow, 'secret' | 'previousSecret'>,
  ): Promise<void> {
    const isSame =
      previousSecret === null
        ? isNull(endpoints.previousSecret)
        : eq(endpoints.previousSecret, previousSecret);
    await this.database
      .update(endpoints)
      .set(change)
      .where(and(eq(endpoints.id, id), eq(endpoints.secret, secret), isSame));
  }

  /** Deletes an endpoint with its deliveries. */
  async delete(transaction: Transaction, id: string): Promise<void> {
    await transaction.delete(endpoints).where(eq(endpoints.id, id));
  }
}

function isOf(caller: string, id: string) {
  return and(eq(endpoints.id, id), eq(endpoints.caller, caller));
}
