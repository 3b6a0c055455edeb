import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { CLUSTER_USER, type PostgresCluster } from './cluster.js';
import { freePort } from './free-port.js';
import { mayBePostgres } from './may-be-postgres.js';
import { readPidFile, removePidFile, type PidFile } from './pid-file.js';

const run = promisify(execFile);

/** It is long because a start after a crash replays the log, and a stop writes a checkpoint. */
const TIMEOUT_S = 300;
const CONNECT_TIMEOUT_MS = 2_000;
const POLL_INTERVAL_MS = 20;
/** A start fails while processes of a killed server are still ending, or if another process starts or stops it. */
const START_ATTEMPTS = 10;
const START_RETRY_INTERVAL_MS = 200;
/** A server opens its port milliseconds after it wrote its pid file. An older file with a closed port is stale. */
const OPENS_PORT_WITHIN_MS = 10_000;
const INVALID_PASSWORD = '28P01';
/** The class of errors of a server that does not know our role or password. */
const INVALID_AUTHORIZATION = /^28/;
/** node-postgres gives this error no code. */
const CONNECT_TIMEOUT_MESSAGE = 'timeout expired';

/** PostgreSQL settings (`name: value`) for a server that this process starts. */
export type ServerSettings = Readonly<Record<string, string>>;

/** A connection to the cluster's server. */
export interface ServerConnection {
  port: number;
  client: pg.Client;
}

/** URL of the cluster's database `postgres`. */
export function clusterUrl(cluster: PostgresCluster, port: number): string {
  return `postgres://${CLUSTER_USER}:${cluster.password}@127.0.0.1:${port}/postgres?sslmode=disable`;
}

/**
 * Connects to the cluster's server, and starts it if it is not running.
 *
 * @param wantedPort the port to start it on; a free port by default
 * @throws {Error} with the end of PostgreSQL's log if it cannot be started
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

/** Whether the server accepts new connections. It does not while it is stopping. */
export async function acceptsConnections(cluster: PostgresCluster, port: number): Promise<boolean> {
  const outcome = await tryPort(cluster, port);
  if (typeof outcome !== 'object') return false;
  await outcome.client.end();
  return true;
}

/** Stops the server by a fast shutdown, which ends all sessions: https://www.postgresql.org/docs/18/server-shutdown.html */
export async function stopServer(cluster: PostgresCluster): Promise<void> {
  const stopping = await readPidFile(cluster.dataFolder);
  if (!stopping) return;
  await pgCtl(cluster, ['stop', '--mode', 'fast', '--no-wait']);
  // pg_ctl's --wait is not used: if another process starts a new server, it would wait for that one too.
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
    const logTail = (await readFile(cluster.logFile, 'utf8').catch(() => '')).trim().split('\n').slice(-5);
    throw new Error(`PostgreSQL did not start:\n${logTail.join('\n')}`, { cause });
  }
}

async function pgCtl(cluster: PostgresCluster, args: string[]): Promise<void> {
  await run(cluster.binaries.pgCtl, [...args, '--pgdata', cluster.dataFolder, '--silent'], {
    ...cluster.account,
    cwd: '/',
  });
}

/**
 * Undefined if no server runs on this cluster. Removes a stale pid file: after a crash, another process may have its pid, and another
 * program, which may never answer, its port.
 */
async function connectToRunningServer(cluster: PostgresCluster): Promise<ServerConnection | undefined> {
  const deadline = Date.now() + TIMEOUT_S * 1000;
  while (Date.now() < deadline) {
    const pidFile = await readPidFile(cluster.dataFolder);
    if (!pidFile || isDead(pidFile.pid)) return undefined;

    const outcome = await tryPort(cluster, pidFile.port);
    if (typeof outcome === 'object') return outcome;
    if (!isStillStarting(pidFile) && (outcome === 'not ours' || !(await mayBePostgres(pidFile.pid)))) {
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
  // A lost connection also emits `end` and fails every later query. Without a listener, `error` would end the process.
  client.on('error', () => undefined);
  let answer: 'not ours' | 'not ready' = 'not ours';
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('show data_directory');
    if (rows[0]?.data_directory === cluster.dataFolder) return { port, client };
  } catch (error) {
    if ((error as { code?: string }).code === INVALID_PASSWORD) throw error;
    if (mayBeOurs(error)) answer = 'not ready';
  }
  await client.end().catch(() => undefined);
  return answer;
}

/**
 * Whether an error is of a server that may run on this cluster: one that starts or stops, is too busy to answer, has no
 * connection left, or whose database is being replaced. Without its pid file, a server stops within a minute:
 * https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
function mayBeOurs(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return !INVALID_AUTHORIZATION.test(error.code ?? '');
  return error instanceof Error && error.message === CONNECT_TIMEOUT_MESSAGE;
}

function isStillStarting(pidFile: PidFile): boolean {
  return Math.abs(Date.now() - pidFile.writtenAtMs) < OPENS_PORT_WITHIN_MS;
}

/** Pid 0, from a truncated file, counts as running: signal 0 then checks our own process group. */
function isDead(pid: number): boolean {
  try {
    return !process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, under another account.
    return (error as NodeJS.ErrnoException).code !== 'EPERM';
  }
}
