import pg from 'pg';

const RECONNECT_MS = 1_000;
const CONNECT_TIMEOUT_MS = 5_000;

/** What to do with the notifications of a channel. */
export interface ChannelHandlers {
  onNotification(payload: string): void;
  /** Notifications that were sent before this moment may have been missed. */
  onConnected(): void;
}

/**
 * Listens to channels of PostgreSQL, each on a connection of its own, which is replaced when it is lost.
 * https://www.postgresql.org/docs/18/sql-listen.html
 */
export class DatabaseListener {
  private readonly clients = new Set<pg.Client>();
  private stopped = false;

  /** @param onConnectionLost called when a connection breaks or can't be made; the next attempt follows a second later */
  constructor(
    private readonly url: string,
    private readonly onConnectionLost: (error: Error) => void,
  ) {}

  /** Listens from now on. Never fails: a connection that can't be made is tried again. */
  listen(channel: string, handlers: ChannelHandlers): void {
    if (this.stopped) return;
    const client = new pg.Client({
      connectionString: this.url,
      application_name: 'paydesk-listener',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: CONNECT_TIMEOUT_MS,
      keepAlive: true,
    });
    this.clients.add(client);
    const onLost = (reason: Error) => {
      if (!this.clients.delete(client) || this.stopped) return;
      this.onConnectionLost(reason);
      client.end().catch(() => undefined);
      setTimeout(() => this.listen(channel, handlers), RECONNECT_MS).unref();
    };
    client.on('error', onLost);
    client.on('end', () => onLost(new Error('the server has closed the connection')));
    client.on('notification', ({ payload = '' }) => handlers.onNotification(payload));
    client
      .connect()
      .then(() => client.query(`listen ${pg.escapeIdentifier(channel)}`))
      .then(() => handlers.onConnected(), onLost);
  }

  /** Closes all connections. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all([...this.clients].map((client) => client.end().catch(() => undefined)));
  }
}
