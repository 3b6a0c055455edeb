import { hasSqlState } from './sql-state.js';

/** Cardinality, data and integrity errors, and deadlocks. */
const FAULT = /^(21|22|23|40P01)/;

/** Whether PostgreSQL has refused a statement because of its values, or as one of two that waited for each other. */
export function isStatementFault(error: unknown): boolean {
  return hasSqlState(error, FAULT);
}
