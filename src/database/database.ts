import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';

/** Injection token of the {@link Database}: `@Inject(DATABASE) private readonly database: Database`. */
export const DATABASE = Symbol('DATABASE');

/** Drizzle on a pool of connections, which is `$client`. */
export type Database = NodePgDatabase & { $client: pg.Pool };
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];

const CONNECTIONS_MAX = 10;
/** How long a request waits for a connection of the pool before it fails as `unavailable`. */
const CONNECT_TIMEOUT_MS = 5_000;
/** The server cancels a statement after this time; the client gives up a little later. */
const STATEMENT_TIMEOUT_MS = 10_000;
const UNANSWERED_QUERY_TIMEOUT_MS = 12_000;
/** Frees the locks of a transaction whose process hangs. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 30_000;

/**
 * Opens a pool on the PostgreSQL database at `url`; connections are made when first needed.
 * @param onConnectionLost called when an idle connection breaks; the pool replaces it by itself
 */
export function openDatabase(url: string, onConnectionLost: (error: Error) => void): Database {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'paydesk',
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: UNANSWERED_QUERY_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    keepAlive: true,
  });
  // Without a listener a broken idle connection would end the process.
  pool.on('error', onConnectionLost);
  // While a transaction uses a connection, the pool does not listen to its errors. The next statement fails anyway.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return drizzle({ client: pool });
}
