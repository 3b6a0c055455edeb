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

/** Any constant of ours: the advisory lock that says "somebody uses this server". */
const IN_USE_LOCK = 0x70_64_01;
const ADMIN_SHUTDOWN = '57P01';
const RETRY_INTERVAL_MS = 1_000;

/**
 * One process's use of an embedded server: the server runs while anybody holds a lease, and the last one to give
 * it back stops it. A lease is a connection holding a shared advisory lock, so a killed process gives back its own.
 */
export class PostgresLease {
  private recovery: Promise<void> | undefined;
  private released = false;

  private constructor(
    private readonly cluster: PostgresCluster,
    private readonly settings: ServerSettings,
    private readonly log: (line: string) => void,
    private client: pg.Client,
    /** The server's port, for as long as the lease lasts. */
    readonly port: number,
  ) {
    this.watch();
  }

  /** Takes a lease, starting the server if need be. */
  static async take(
    cluster: PostgresCluster,
    settings: ServerSettings,
    log: (line: string) => void,
  ): Promise<PostgresLease> {
    const { client, port } = await connectInUse(cluster, settings);
    return new PostgresLease(cluster, settings, log, client, port);
  }

  /** Gives the lease back and, when it was the last one, stops the server. */
  async release(): Promise<void> {
    if (this.released) return;
    this.released = true;
    await this.recovery;
    // A server that is gone needs no stopping.
    const last = await giveBack(this.client).catch(() => false);
    if (last) await stopServer(this.cluster);
    await this.client.end();
  }

  /** A server that crashed or was killed comes back on the same port, where the pools of this process look for it. */
  private watch(): void {
    this.client.once('end', () => {
      if (!this.released) this.recovery = this.recover();
    });
  }

  private async recover(): Promise<void> {
    this.log('PostgreSQL went away: starting it again');
    while (!this.released) {
      try {
        this.client = (await connectInUse(this.cluster, this.settings, this.port)).client;
        this.watch();
        return;
      } catch (error) {
        this.log(`PostgreSQL could not be started again: ${String(error)}`);
        await delay(RETRY_INTERVAL_MS);
      }
    }
  }
}

/** When the last user is just stopping the server, this waits for the end of it and starts it anew. */
async function connectInUse(
  cluster: PostgresCluster,
  settings: ServerSettings,
  wantedPort?: number,
): Promise<ServerConnection> {
  for (;;) {
    const connection = await connectToServer(cluster, settings, wantedPort);
    if (wantedPort !== undefined && connection.port !== wantedPort) {
      await connection.client.end();
      throw new Error(`another process started it on port ${connection.port}: restart this one`);
    }
    // A last user who stops the server loses the lock to us when its session ends, shortly before ours does.
    const locked = await lockShared(connection.client);
    if (locked && (await acceptsConnections(cluster, connection.port))) return connection;
    await connection.client.end();
  }
}

/** False when the server is stopped meanwhile. */
async function lockShared(client: pg.Client): Promise<boolean> {
  try {
    await client.query('select pg_advisory_lock_shared($1)', [IN_USE_LOCK]);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === ADMIN_SHUTDOWN) return false;
    throw error;
  }
}

/** Tells whether nobody else holds a lease; if so, newcomers wait at the lock until the server is down. */
async function giveBack(client: pg.Client): Promise<boolean> {
  await client.query('select pg_advisory_unlock_shared($1)', [IN_USE_LOCK]);
  const { rows } = await client.query<{ alone: boolean }>('select pg_try_advisory_lock($1) as alone', [
    IN_USE_LOCK,
  ]);
  return rows[0]?.alone ?? false;
}
