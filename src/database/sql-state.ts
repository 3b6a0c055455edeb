/**
 * Whether PostgreSQL has answered with an SQLSTATE of this pattern; Drizzle's errors have PostgreSQL's as their cause.
 * https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
export function hasSqlState(error: unknown, pattern: RegExp): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && pattern.test(String(error.code))) || hasSqlState(error.cause, pattern);
}
