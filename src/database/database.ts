import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { UnnamedStatementsClient } from './unnamed-statements-client.js';

/** Injection token of the {@link Database}: `@Inject(DATABASE) private readonly database: Database`. */
export const DATABASE = Symbol('DATABASE');

/** Drizzle on a pool of connections, which is `$client`. */
export type Database = NodePgDatabase & {
  $client: pg.Pool;
  /** The same database without a pooler such as PgBouncer between, for what lasts as long as a session. */
  $directUrl: string;
};
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];

const CONNECTIONS_MAX = 10;
/** Longer than quiet moments: on a new connection, PostgreSQL parses and plans each statement again, which is slow. */
const IDLE_CONNECTION_MS = 10 * 60 * 1000;
/** How long a request waits for a connection of the pool before it fails as `unavailable`. */
const CONNECT_TIMEOUT_MS = 5_000;
/** The server cancels a statement after this time; the client gives up a little later. */
const STATEMENT_TIMEOUT_MS = 10_000;
const UNANSWERED_QUERY_TIMEOUT_MS = 12_000;
/** Frees the locks of a transaction whose process hangs. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 30_000;
/**
 * Set for each new connection, as poolers refuse them as startup parameters. Not for one in transaction mode, which has no
 * session of its own for each connection: docs/operations.md has them for the role. Compiling a statement takes longer than
 * any of ours runs: https://www.postgresql.org/docs/current/jit-decision.html
 */
const SESSION_SETTINGS = `
  set statement_timeout = ${STATEMENT_TIMEOUT_MS};
  set idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_TIMEOUT_MS};
  set jit = off`;

/**
 * Opens a pool on the PostgreSQL database at `url`; connections are made when first needed.
 *
 * @param onConnectionLost called when an idle connection breaks; the pool replaces it by itself
 * @param directUrl if `url` leads to a pooler, the same database without it
 */
export function openDatabase(
  url: string,
  onConnectionLost: (error: Error) => void,
  directUrl?: string,
): Database {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'paydesk',
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_CONNECTION_MS,
    query_timeout: UNANSWERED_QUERY_TIMEOUT_MS,
    keepAlive: true,
    ...(directUrl === undefined
      ? // oxlint-disable-next-line typescript/no-misused-promises -- the pool waits for it, which its types do not say.
        { onConnect: (client) => client.query(SESSION_SETTINGS) }
      : { Client: UnnamedStatementsClient }),
  });
  // Without a listener a broken idle connection would end the process.
  pool.on('error', onConnectionLost);
  // While a transaction uses a connection, the pool does not listen to its errors. The next statement fails anyway.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return Object.assign(drizzle({ client: pool }), { $directUrl: directUrl ?? url });
}
