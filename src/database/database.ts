import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';

/** Injection token of the {@link Database}: `@Inject(DATABASE) private readonly database: Database`. */
export const DATABASE = Symbol('DATABASE');

/** Drizzle on a pool of connections, which is `$client`. */
export type Database = NodePgDatabase & { $client: pg.Pool };
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];

const CONNECTIONS_MAX = 10;
/** How long a request waits for a free or new connection before it is told that the database is away. */
const CONNECT_TIMEOUT_MS = 5_000;
/** No statement of ours takes long: past this the server gives it up, and a little later we give the server up. */
const STATEMENT_TIMEOUT_MS = 10_000;
const UNANSWERED_QUERY_TIMEOUT_MS = 12_000;
/** A transaction that its process forgot must not hold its locks for ever. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 30_000;

/**
 * Opens a pool on the PostgreSQL database at `url`; connections are made when first needed.
 * @param onConnectionLost told of idle connections that broke: the pool replaces them by itself
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
  // The pool does not listen while a transaction has the connection, whose next statement fails anyway.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return drizzle({ client: pool });
}
