/** Cardinality, data and integrity errors, and deadlocks: https://www.postgresql.org/docs/18/errcodes-appendix.html */
const SQLSTATE_FAULT = /^(21|22|23|40P01)/;

/** Whether PostgreSQL has refused a statement because of its values, or as one of two that waited for each other. */
export function isStatementFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && SQLSTATE_FAULT.test(String(error.code))) || isStatementFault(error.cause);
}
