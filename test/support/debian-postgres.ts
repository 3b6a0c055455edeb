import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { changeOwner, postgresAccount } from '#embedded-postgres/account.js';
import { freePort } from '#embedded-postgres/free-port.js';
import { databaseUrl } from './postgres.js';

const run = promisify(execFile);
const VERSIONS = '/usr/lib/postgresql';
/** With characters that a URL has to encode. */
const PASSWORD = 'p@s%/\\x41 word';

/**
 * The programs of Debian's package `postgresql`, among them pg_dump, which npm's embedded PostgreSQL lacks; undefined if it
 * is not installed.
 */
export const debianPostgres = existsSync(VERSIONS)
  ? readdirSync(VERSIONS)
      .map((version) => join(VERSIONS, version, 'bin'))
      .findLast((folder) => ['initdb', 'pg_dump'].every((program) => existsSync(join(folder, program))))
  : undefined;

/** A running PostgreSQL of Debian. */
export interface DebianPostgres {
  /** The URL of the database `postgres`. */
  url: string;
  stop(): Promise<void>;
}

/** Starts a PostgreSQL whose data is in a folder that its account can enter. */
export async function startDebianPostgres(programs: string, folder: string): Promise<DebianPostgres> {
  const account = await postgresAccount();
  const data = join(folder, 'postgres');
  await run('mkdir', [data]);
  await changeOwner(data, account);
  const options = { ...account, cwd: '/' };
  const program = (name: string, ...args: string[]) => run(join(programs, name), args, options);
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, PASSWORD);
  const credentials = ['--username', 'paydesk', '--auth', 'scram-sha-256', '--pwfile', passwordFile];
  await program('initdb', '--pgdata', data, ...credentials, '--encoding', 'UTF8');
  const port = await freePort();
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off`;
  const log = join(data, 'server.log');
  await program('pg_ctl', 'start', '--wait', '--pgdata', data, '--log', log, '--options', settings);
  return {
    url: databaseUrl(
      `postgres://paydesk:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/?sslmode=disable`,
      'postgres',
    ),
    stop: async () => void (await program('pg_ctl', 'stop', '--mode', 'immediate', '--pgdata', data)),
  };
}
