import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { changeOwner, postgresAccount } from './account.js';
import { freePort } from './free-port.js';

const run = promisify(execFile);
/** Where Debian's package `postgresql` puts the programs of each version. */
const VERSIONS = '/usr/lib/postgresql';
/** The oldest one that Paydesk supports. */
const VERSION_MIN = 15;

/** What an installed PostgreSQL is started with. */
export interface InstalledPostgresOptions {
  /** The folder with its programs. */
  programs: string;
  /** Its account can enter it, also if this one is root. */
  folder: string;
  password: string;
  /** Such as `fsync=off`, beside its defaults. */
  settings?: readonly string[];
}

/**
 * The folder with the programs of the newest PostgreSQL that Debian's package has installed; undefined if there is none.
 *
 * @param needed programs that it must have
 */
export function installedPrograms(...needed: string[]): string | undefined {
  if (!existsSync(VERSIONS)) return undefined;
  return readdirSync(VERSIONS)
    .filter((version) => Number(version) >= VERSION_MIN)
    .toSorted((one, other) => Number(other) - Number(one))
    .map((version) => join(VERSIONS, version, 'bin'))
    .find((bin) => ['initdb', 'pg_ctl', ...needed].every((program) => existsSync(join(bin, program))));
}

/**
 * Starts an installed PostgreSQL for a test or a benchmark, on a new cluster in the folder.
 *
 * @returns the URL of its database `postgres`
 */
export async function startInstalledPostgres({
  programs,
  folder,
  password,
  settings = [],
}: InstalledPostgresOptions): Promise<{ url: string; stop(): Promise<void> }> {
  const account = await postgresAccount();
  const cluster = join(folder, 'postgres');
  const [data, passwordFile] = [join(cluster, 'data'), join(cluster, 'password')];
  await mkdir(cluster);
  await writeFile(passwordFile, password, { mode: 0o600 });
  await changeOwner(cluster, account);
  const program = async (name: string, ...args: string[]) =>
    void (await run(join(programs, name), [...args, '--pgdata', data], { ...account, cwd: '/' }));
  const credentials = ['--username', 'paydesk', '--auth', 'scram-sha-256', '--pwfile', passwordFile];
  await program('initdb', ...credentials, '--encoding', 'UTF8', '--locale', 'C.UTF-8');
  const port = await freePort();
  const all = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', ...settings];
  const options = [`-p ${port}`, ...all.map((setting) => `-c ${setting}`)].join(' ');
  const stop = () => program('pg_ctl', 'stop', '--mode', 'fast');
  try {
    await program('pg_ctl', 'start', '--wait', '--log', join(cluster, 'server.log'), '--options', options);
  } catch (error) {
    // It may be starting still.
    await stop().catch(() => undefined);
    throw error;
  }
  const credential = `paydesk:${encodeURIComponent(password)}`;
  return { url: `postgres://${credential}@127.0.0.1:${port}/postgres?sslmode=disable`, stop };
}
