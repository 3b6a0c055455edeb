import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { PostgresCluster } from './cluster.js';
import {
  acceptsConnections,
  connectToServer,
  stopServer,
  type ServerConnection,
  type ServerSettings,
} from './server.js';

/** Key of the advisory lock that every process that uses the server holds. The number has no meaning. */
const IN_USE_LOCK = 0x70_64_01;
const ADMIN_SHUTDOWN = '57P01';
const RETRY_INTERVAL_MS = 1_000;

/**
 * One process's use of an embedded server. The server runs while any process holds a lease, and the last one to release
 * its lease stops it. A lease is a connection that holds a shared advisory lock, so PostgreSQL releases the lease of a
 * process that was killed: https://www.postgresql.org/docs/18/explicit-locking.html#ADVISORY-LOCKS
 */
export class PostgresLease {
  private recovery: Promise<void> | undefined;
  private released = false;

  private constructor(
    private readonly cluster: PostgresCluster,
    private readonly settings: ServerSettings,
    private readonly log: (line: string) => void,
    private client: pg.Client,
    /** The server's port, which does not change while the lease is held. */
    readonly port: number,
  ) {
    this.watch();
  }

  /** Acquires a lease, and starts the server if it is not running. */
  static async acquire(
    cluster: PostgresCluster,
    settings: ServerSettings,
    log: (line: string) => void,
  ): Promise<PostgresLease> {
    const { client, port } = await connectAndLock(cluster, settings);
    return new PostgresLease(cluster, settings, log, client, port);
  }

  /** Releases the lease, and stops the server if it was the last one. */
  async release(): Promise<void> {
    if (this.released) return;
    this.released = true;
    await this.recovery;
    // An error means that the server is gone, so there is nothing to stop.
    const last = await unlock(this.client).catch(() => false);
    if (last) await stopServer(this.cluster);
    await this.client.end();
  }

  /** Restarts a server that crashed or was killed, on the same port, because the pools of this process connect there. */
  private watch(): void {
    this.client.once('end', () => {
      if (!this.released) this.recovery = this.recover();
    });
  }

  private async recover(): Promise<void> {
    this.log('PostgreSQL stopped unexpectedly: restarting it');
    while (!this.released) {
      try {
        this.client = (await connectAndLock(this.cluster, this.settings, this.port)).client;
        this.watch();
        return;
      } catch (error) {
        this.log(`PostgreSQL could not be restarted: ${String(error)}`);
        await delay(RETRY_INTERVAL_MS);
      }
    }
  }
}

/** If the server is being stopped by its last user, waits until it has stopped and starts it again. */
async function connectAndLock(
  cluster: PostgresCluster,
  settings: ServerSettings,
  wantedPort?: number,
): Promise<ServerConnection> {
  for (;;) {
    const connection = await connectToServer(cluster, settings, wantedPort);
    if (wantedPort !== undefined && connection.port !== wantedPort) {
      await connection.client.end();
      throw new Error(`another process started it on port ${connection.port}: restart this process`);
    }
    // When the last user stops the server, its session ends before ours and we may get its lock for a moment.
    const locked = await lockShared(connection.client);
    if (locked && (await acceptsConnections(cluster, connection.port))) return connection;
    await connection.client.end();
  }
}

/** Returns false if the server stops while waiting for the lock. */
async function lockShared(client: pg.Client): Promise<boolean> {
  try {
    await client.query('select pg_advisory_lock_shared($1)', [IN_USE_LOCK]);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === ADMIN_SHUTDOWN) return false;
    throw error;
  }
}

/** Returns true if this was the last lease. New users then wait for the lock until the server has stopped. */
async function unlock(client: pg.Client): Promise<boolean> {
  await client.query('select pg_advisory_unlock_shared($1)', [IN_USE_LOCK]);
  const { rows } = await client.query<{ alone: boolean }>('select pg_try_advisory_lock($1) as alone', [
    IN_USE_LOCK,
  ]);
  return rows[0]?.alone ?? false;
}
