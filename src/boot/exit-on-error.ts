import { withoutQuery } from '../database/without-query.js';

/** Runs a program. If it fails, prints the reason in one line on standard error and exits with code 1. */
export async function exitOnError(program: () => Promise<void>): Promise<void> {
  try {
    await program();
  } catch (error) {
    process.stderr.write(`paydesk: ${reasonOf(error)}\n`);
    process.exit(1);
  }
}

function reasonOf(failure: unknown): string {
  const error = withoutQuery(failure);
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error.message || error.name;
}
