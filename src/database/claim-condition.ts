import { eq, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { operations } from './schema.js';

/**
 * Whether an operation may take a stored claim: its own, or that of an operation that has ended. The latter is false for an
 * operation that is too new for the statement to see.
 *
 * @param holder the column with the id of the operation that has the claim
 */
export function mayTakeClaim(holder: PgColumn, operationId: string): SQL {
  return sql`${eq(holder, operationId)} or exists (select from ${operations}
    where ${operations.id} = ${holder} and ${operations.state} <> 'running')`;
}
