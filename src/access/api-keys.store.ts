import { Inject, Injectable } from '@nestjs/common';
import { and, desc, eq, getTableColumns, isNull, lt, or, sql } from 'drizzle-orm';
import type { Page } from '#core/page.js';
import { type Database, DATABASE, type Transaction } from '../database/database.js';
import { apiKeys } from '../database/schema.js';
import type { ApiKey, ApiKeyKind } from './api-key.js';

/** Which keys to list; each property that is present must match. */
export interface ApiKeyFilter {
  kind?: ApiKeyKind;
  name?: string;
}

const { keySha256: _hash, ...columns } = getTableColumns(apiKeys);

/** API keys in PostgreSQL. Triggers notify every instance of a change, except to `last_used_at`. */
@Injectable()
export class ApiKeysStore {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** Runs changes in one transaction. */
  transaction<Result>(change: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return this.database.transaction(change);
  }

  async insert(transaction: Transaction, key: ApiKey, keySha256: string): Promise<void> {
    await transaction.insert(apiKeys).values({ ...key, scopes: [...key.scopes], keySha256 });
  }

  async find(id: string): Promise<ApiKey | undefined> {
    const [key] = await this.database.select(columns).from(apiKeys).where(eq(apiKeys.id, id));
    return key;
  }

  async findBySecret(keySha256: string): Promise<ApiKey | undefined> {
    const [key] = await this.database.select(columns).from(apiKeys).where(eq(apiKeys.keySha256, keySha256));
    return key;
  }

  /** Reads a key and locks it until the end of the transaction. */
  async lock(transaction: Transaction, id: string): Promise<ApiKey | undefined> {
    const [key] = await transaction.select(columns).from(apiKeys).where(eq(apiKeys.id, id)).for('update');
    return key;
  }

  /** Lists keys, newest first; those after `last` if it is present. */
  async list({ kind, name }: ApiKeyFilter, limit: number, last?: ApiKey): Promise<Page<ApiKey>> {
    const rows = await this.database
      .select(columns)
      .from(apiKeys)
      .where(
        and(
          kind && eq(apiKeys.kind, kind),
          name === undefined ? undefined : eq(apiKeys.name, name),
          last &&
            sql`(${apiKeys.createdAt}, ${apiKeys.id}) < (${last.createdAt.toISOString()}::timestamptz, ${last.id}::uuid)`,
        ),
      )
      .orderBy(desc(apiKeys.createdAt), desc(apiKeys.id))
      .limit(limit + 1);
    return { items: rows.slice(0, limit), hasMore: rows.length > limit };
  }

  async update(
    transaction: Transaction,
    id: string,
    change: Partial<Pick<ApiKey, 'expiresAt' | 'revokedAt' | 'guardrails'>>,
  ): Promise<void> {
    await transaction.update(apiKeys).set(change).where(eq(apiKeys.id, id));
  }

  /** Records that a key was used, unless a later use is recorded already. */
  async recordUse(id: string, at: Date): Promise<void> {
    const isEarlier = or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, at));
    await this.database
      .update(apiKeys)
      .set({ lastUsedAt: at })
      .where(and(eq(apiKeys.id, id), isEarlier));
  }
}
