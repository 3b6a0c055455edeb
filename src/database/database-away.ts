/** PostgreSQL refusing us, leaving or giving up: https://www.postgresql.org/docs/18/errcodes-appendix.html */
const SQLSTATE_AWAY = /^(08|28|3D|53|57P0|57014|40001|40P01|55P03)/;
const CONNECTION_ERRORS = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
]);
/** node-postgres has no codes for these: the pool's wait, a query without an answer, a connection that broke. */
const PG_MESSAGES = [
  'timeout exceeded when trying to connect',
  'Connection terminated',
  'Query read timeout',
  'Client has encountered a connection error',
];

/** Whether a failure means that the database can't be reached now, rather than that a statement is wrong. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway);
  const code = 'code' in error ? String(error.code) : '';
  return (
    CONNECTION_ERRORS.has(code) ||
    SQLSTATE_AWAY.test(code) ||
    PG_MESSAGES.some((message) => error.message.startsWith(message)) ||
    isDatabaseAway(error.cause)
  );
}
