import { DrizzleQueryError } from 'drizzle-orm';

/**
 * The cause of a failed query. Drizzle's own error contains the query's parameters, which include callers' data and
 * client secrets and must not be logged.
 */
export function withoutQuery(error: unknown): unknown {
  return error instanceof DrizzleQueryError ? error.cause : error;
}
