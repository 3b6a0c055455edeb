import pg from 'pg';

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Runs `work` on a connection of its own to the database at `url`.
 *
 * @throws {Error} if it can't be reached
 */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // A lock may be held for hours while nothing is sent.
    keepAlive: true,
  });
  // A lost connection also fails the running query. Without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
