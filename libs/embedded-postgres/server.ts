import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { CLUSTER_USER, type PostgresCluster } from './cluster.js';
import { readPidFile, removePidFile, type PidFile } from './pid-file.js';

const run = promisify(execFile);

/** Long, as recovery after a crash replays the log first, and a stop writes all that is not on disk yet. */
const TIMEOUT_S = 300;
const CONNECT_TIMEOUT_MS = 2_000;
const POLL_INTERVAL_MS = 20;
/** A start fails while a killed server's processes are still ending, or when another process is quicker or stops it. */
const START_ATTEMPTS = 10;
const START_RETRY_INTERVAL_MS = 200;
/** From its pid file to its open port a server takes milliseconds; an older file with a closed port is a leftover. */
const OPENS_PORT_WITHIN_MS = 10_000;
const CANNOT_CONNECT_NOW = '57P03';
const INVALID_PASSWORD = '28P01';

/** Server settings (`name: value`) that hold for as long as the server started with them runs. */
export type ServerSettings = Readonly<Record<string, string>>;

/** A connection to the cluster's own server. */
export interface ServerConnection {
  port: number;
  client: pg.Client;
}

/** Address of a database of the cluster's server. */
export function clusterUrl(cluster: PostgresCluster, port: number): string {
  return `postgres://${CLUSTER_USER}:${cluster.password}@127.0.0.1:${port}/postgres?sslmode=disable`;
}

/**
 * Connects to the cluster's server, started if it is not running.
 * @param wantedPort where to start it; a free port by default
 * @throws Error with PostgreSQL's own words when it can't be started
 */
export async function connectToServer(
  cluster: PostgresCluster,
  settings: ServerSettings,
  wantedPort?: number,
): Promise<ServerConnection> {
  let failure: unknown;
  for (let attempt = 1; attempt <= START_ATTEMPTS; attempt++) {
    const running = await connectToRunningServer(cluster);
    if (running) return running;
    try {
      await startServer(cluster, settings, wantedPort ?? (await freePort()));
    } catch (error) {
      failure = error;
      await delay(START_RETRY_INTERVAL_MS);
    }
  }
  const running = await connectToRunningServer(cluster);
  if (running) return running;
  throw failure;
}

/** Whether new connections are let in: not any more once the server has been told to stop. */
export async function acceptsConnections(cluster: PostgresCluster, port: number): Promise<boolean> {
  const outcome = await tryPort(cluster, port);
  if (typeof outcome !== 'object') return false;
  await outcome.client.end();
  return true;
}

/** Stops the server for everybody: sessions are ended, what is committed is safe. */
export async function stopServer(cluster: PostgresCluster): Promise<void> {
  const stopping = await readPidFile(cluster.dataFolder);
  if (!stopping) return;
  await pgCtl(cluster, ['stop', '--mode', 'fast', '--no-wait']);
  // pg_ctl's own wait would go on for the next server, when another process starts one at once.
  const deadline = Date.now() + TIMEOUT_S * 1000;
  while ((await readPidFile(cluster.dataFolder))?.pid === stopping.pid && !isDead(stopping.pid)) {
    if (Date.now() > deadline) throw new Error(`PostgreSQL did not stop within ${TIMEOUT_S} s.`);
    await delay(POLL_INTERVAL_MS);
  }
}

async function startServer(cluster: PostgresCluster, settings: ServerSettings, port: number): Promise<void> {
  const allSettings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    log_min_messages: 'log',
    ...settings,
  };
  const options = Object.entries(allSettings).map(([name, value]) => `-c ${name}=${value}`);
  const args = [
    'start',
    '--wait',
    '--timeout',
    String(TIMEOUT_S),
    '--log',
    cluster.logFile,
    '--options',
    [`-p ${port}`, ...options].join(' '),
  ];
  try {
    await pgCtl(cluster, args);
  } catch (cause) {
    const lastWords = (await readFile(cluster.logFile, 'utf8').catch(() => '')).trim().split('\n').slice(-5);
    throw new Error(`PostgreSQL did not start:\n${lastWords.join('\n')}`, { cause });
  }
}

async function pgCtl(cluster: PostgresCluster, args: string[]): Promise<void> {
  await run(cluster.binaries.pgCtl, [...args, '--pgdata', cluster.dataFolder, '--silent'], {
    ...cluster.account,
    cwd: '/',
  });
}

/** Undefined when no server runs on this cluster; a pid file that lies about it is removed then. */
async function connectToRunningServer(cluster: PostgresCluster): Promise<ServerConnection | undefined> {
  const deadline = Date.now() + TIMEOUT_S * 1000;
  while (Date.now() < deadline) {
    const pidFile = await readPidFile(cluster.dataFolder);
    if (!pidFile || isDead(pidFile.pid)) return undefined;

    const outcome = await tryPort(cluster, pidFile.port);
    if (typeof outcome === 'object') return outcome;
    if (outcome === 'not ours' && !mayYetOpenItsPort(pidFile)) {
      await removePidFile(cluster.dataFolder, pidFile);
      return undefined;
    }
    await delay(POLL_INTERVAL_MS);
  }
  throw new Error(`PostgreSQL in ${cluster.dataFolder} did not become ready within ${TIMEOUT_S} s.`);
}

async function tryPort(
  cluster: PostgresCluster,
  port: number,
): Promise<ServerConnection | 'not ours' | 'not ready'> {
  const client = new pg.Client({
    connectionString: clusterUrl(cluster, port),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // Losing the connection is told by its end event too, and by every query after it.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('show data_directory');
    if (rows[0]?.data_directory === cluster.dataFolder) return { port, client };
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === CANNOT_CONNECT_NOW) return 'not ready';
    if (code === INVALID_PASSWORD) throw error;
  }
  await client.end().catch(() => undefined);
  return 'not ours';
}

function mayYetOpenItsPort(pidFile: PidFile): boolean {
  return Math.abs(Date.now() - pidFile.writtenAtMs) < OPENS_PORT_WITHIN_MS;
}

/** A pid file cut short by a power loss tells no pid (0), so nobody can be called dead by it. */
function isDead(pid: number): boolean {
  try {
    return !process.kill(pid, 0);
  } catch (error) {
    // EPERM: alive, and not ours to signal.
    return (error as NodeJS.ErrnoException).code !== 'EPERM';
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
