/**
 * Connection, resource, shutdown, timeout and deadlock errors, and those of a standby, which a primary may have become (25006):
 * https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
const SQLSTATE_UNAVAILABLE = /^(08|25006|28|3D|53|55P03|57014|57P0|40001|40P01)/;
/** Of a database that accepts no connections, or is half dropped, but of wrong statements too. */
const SQLSTATE_WRONG_STATE = '55000';
/**
 * The routines of PostgreSQL that start a session. The severity would tell the same, but node-postgres has only the one that the
 * server translates: https://www.postgresql.org/docs/18/protocol-error-fields.html
 */
const SESSION_STARTS = new Set(['InitPostgres', 'CheckMyDatabase']);
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
    (code === SQLSTATE_WRONG_STATE && isAtSessionStart(error)) ||
    PG_MESSAGES.some((message) => error.message.startsWith(message)) ||
    isDatabaseUnavailable(error.cause)
  );
}

function isAtSessionStart(error: Error): boolean {
  return 'routine' in error && SESSION_STARTS.has(String(error.routine));
}
