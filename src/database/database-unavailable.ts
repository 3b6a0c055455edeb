/**
 * Connection, resource, shutdown, timeout and deadlock errors, a database that accepts no connections (55000), and a standby, which
 * a primary may have become (25006): https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
const SQLSTATE_UNAVAILABLE = /^(08|25006|28|3D|53|55000|55P03|57014|57P0|40001|40P01)/;
const CONNECTION_ERRORS = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
]);
/** node-postgres gives these errors no code. */
const PG_MESSAGES = [
  'timeout exceeded when trying to connect',
  'Connection terminated',
  'Query read timeout',
  'Client has encountered a connection error',
];

/** Whether an error means that the database is unavailable for now, and not that a statement is wrong. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.some(isDatabaseUnavailable);
  const code = 'code' in error ? String(error.code) : '';
  return (
    CONNECTION_ERRORS.has(code) ||
    SQLSTATE_UNAVAILABLE.test(code) ||
    PG_MESSAGES.some((message) => error.message.startsWith(message)) ||
    isDatabaseUnavailable(error.cause)
  );
}
