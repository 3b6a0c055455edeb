import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** Debian's package `pgbouncer`. */
const PROGRAM = '/usr/sbin/pgbouncer';
export const hasPgBouncer = existsSync(PROGRAM);

/** In transaction mode, fewer than the connections of the service, so that its sessions share them. */
const POOL_SIZE = { transaction: 3, session: 50 };
const POLL_MS = 50;

/** A running PgBouncer. */
export interface PgBouncer {
  /** The URL of the database behind it. */
  url: string;
  stop(): Promise<void>;
}

/** Starts a PgBouncer in front of the database at a URL. */
export async function startPgBouncer(
  folder: string,
  databaseUrl: string,
  mode: keyof typeof POOL_SIZE,
): Promise<PgBouncer> {
  const database = new URL(databaseUrl);
  const port = await freePort();
  const file = join(folder, 'pgbouncer.ini');
  const target =
    `host=${database.hostname} port=${database.port} user=${database.username}` +
    (database.password ? ` password=${decodeURIComponent(database.password)}` : '');
  await writeFile(
    file,
    `[databases]
* = ${target}
[pgbouncer]
pool_mode = ${mode}
default_pool_size = ${POOL_SIZE[mode]}
max_client_conn = 1000
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
`,
  );
  await chmod(file, 0o644);
  const child = spawnUnprivileged(file);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await untilListening(port, child);
  const url = new URL(databaseUrl);
  url.port = String(port);
  return {
    url: url.href,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** PgBouncer refuses to run as root. */
function spawnUnprivileged(file: string): ChildProcess {
  const command = [PROGRAM, '--quiet', file];
  const asNobody = ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups'];
  const [program = '', ...args] = process.getuid?.() === 0 ? [...asNobody, ...command] : command;
  return spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  while (!(await isListening(port))) {
    if (child.exitCode !== null) throw new Error(`PgBouncer ended with ${child.exitCode}`);
    await setTimeout(POLL_MS);
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
