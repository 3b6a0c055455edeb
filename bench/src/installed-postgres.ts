import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Where Debian's package `postgresql` puts the programs of each version. */
const VERSIONS = '/usr/lib/postgresql';
/** The oldest one that Paydesk supports. */
const VERSION_MIN = 15;

interface Account {
  uid?: number;
  gid?: number;
}

/** The folder with the programs of the newest PostgreSQL that is installed and supported; undefined if there is none. */
export function installedPrograms(): string | undefined {
  if (!existsSync(VERSIONS)) return undefined;
  return readdirSync(VERSIONS)
    .filter((version) => Number(version) >= VERSION_MIN)
    .toSorted((one, other) => Number(other) - Number(one))
    .map((version) => join(VERSIONS, version, 'bin'))
    .find((folder) => ['initdb', 'pg_ctl'].every((program) => existsSync(join(folder, program))));
}

/**
 * Starts an installed PostgreSQL with its default settings.
 *
 * @param folder its account can enter it
 */
export async function startInstalledPostgres(
  root: string,
  programs: string,
  folder: string,
): Promise<{ url: string; stop(): Promise<void> }> {
  const account = await postgresAccount(root);
  const data = join(folder, 'data');
  await mkdir(data);
  await give(data, account);
  const program = async (name: string, ...args: string[]) => {
    await run(join(programs, name), [...args, '--pgdata', data, '--silent'], { ...account, cwd: '/' });
  };
  const password = randomBytes(24).toString('base64url');
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  await give(passwordFile, account);
  const credentials = ['--username', 'bench', '--auth', 'scram-sha-256', '--pwfile', passwordFile];
  const initdb = ['--pgdata', data, ...credentials, '--encoding', 'UTF8', '--locale', 'C.UTF-8'];
  await run(join(programs, 'initdb'), initdb, { ...account, cwd: '/' });
  const port = await freePort(root);
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=`;
  const stop = () => program('pg_ctl', 'stop', '--mode', 'fast');
  try {
    await program('pg_ctl', 'start', '--wait', '--log', join(data, 'server.log'), '--options', settings);
  } catch (error) {
    // It may be starting still.
    await stop().catch(() => undefined);
    throw error;
  }
  return { url: `postgres://bench:${password}@127.0.0.1:${port}/postgres?sslmode=disable`, stop };
}

async function give(path: string, { uid, gid }: Account): Promise<void> {
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
}

/** PostgreSQL does not run as root. */
async function postgresAccount(root: string): Promise<Account> {
  const built = (await builtModule(root, 'account')) as { postgresAccount: () => Promise<Account> };
  return built.postgresAccount();
}

async function freePort(root: string): Promise<number> {
  const built = (await builtModule(root, 'free-port')) as { freePort: () => Promise<number> };
  return built.freePort();
}

/** The service's own modules, which are built before the benchmark. */
function builtModule(root: string, name: string): Promise<unknown> {
  return import(join(root, 'dist/libs/embedded-postgres', `${name}.js`));
}
