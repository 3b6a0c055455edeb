import { DrizzleQueryError } from 'drizzle-orm';

/**
 * What went wrong underneath a query. Drizzle's own error repeats the query with all its parameters, which are
 * callers' data and client secrets: nothing to log.
 */
export function withoutQuery(error: unknown): unknown {
  return error instanceof DrizzleQueryError ? error.cause : error;
}
