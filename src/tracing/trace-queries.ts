import type pg from 'pg';
import type { NewSpan, Tracing } from './tracing.js';

/** Enough to recognize a statement. It contains no values, as all are parameters. */
const TEXT_MAX_LENGTH = 1_000;

type Query = (...args: readonly unknown[]) => unknown;

/**
 * Makes the connections of a pool record each statement. A statement for several requests at once belongs to the first of
 * them: `batches.ts`.
 */
export function traceQueries(pool: pg.Pool, tracing: Tracing): void {
  traceQuery(pool, tracing);
  pool.on('connect', (client) => traceQuery(client, tracing));
}

function traceQuery(target: pg.Pool | pg.PoolClient, tracing: Tracing): void {
  const query = target.query.bind(target) as Query;
  const traced: Query = (...args) => {
    // The pool calls a connection in this form; its own call is recorded already, with the wait for the connection.
    if (typeof args.at(-1) === 'function') return query(...args);
    return tracing.inChildSpan(spanOf(args[0]), async () => query(...args));
  };
  Object.assign(target, { query: traced });
}

function spanOf(statement: unknown): NewSpan {
  const { name, text } = (typeof statement === 'string' ? { text: statement } : statement) as {
    name?: string;
    text: string;
  };
  const [operation = 'statement'] = /^\s*\w+/.exec(text) ?? [];
  const attributes = {
    'db.system.name': 'postgresql',
    'db.query.text': text.trim().slice(0, TEXT_MAX_LENGTH),
  };
  return { name: name ?? operation.trim().toUpperCase(), kind: 'client', attributes };
}
