import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { canReach, changeOwner, clusterOwner, postgresAccount, type PostgresAccount } from './account.js';
import { postgresBinaries, type PostgresBinaries } from './binaries.js';
import { sharedFolder } from './shared-folder.js';

const run = promisify(execFile);

/** Name of the role that owns the embedded database. */
export const CLUSTER_USER = 'paydesk';

/** A PostgreSQL data folder, running or not, with everything that is needed to run it. */
export interface PostgresCluster {
  dataFolder: string;
  logFile: string;
  password: string;
  account: PostgresAccount;
  binaries: PostgresBinaries;
}

/**
 * Opens the cluster in `<dataDir>/postgres`, which is created at the first call.
 *
 * @throws {Error} if there is no PostgreSQL for this platform, or the folder cannot be reached or read
 */
export async function openCluster(dataDir: string, log: (line: string) => void): Promise<PostgresCluster> {
  const entry = resolve(dataDir, 'postgres');
  if (!(await exists(entry))) await createCluster(entry, log);

  const home = await realpath(entry);
  const account = await clusterOwner(home);
  if (!(await canReach(account, home))) {
    throw new Error(
      `PostgreSQL cannot run as root, and its account cannot reach ${home}: move it to a folder that all users can enter.`,
    );
  }
  return {
    dataFolder: join(home, 'data'),
    logFile: join(home, 'server.log'),
    password: await readFile(join(home, 'password'), 'utf8'),
    account,
    binaries: await postgresBinaries(account, log),
  };
}

/** Creates the cluster under a draft name and renames it, so that no crash or other process leaves half a cluster. */
async function createCluster(entry: string, log: (line: string) => void): Promise<void> {
  await mkdir(dirname(entry), { recursive: true });
  const account = await postgresAccount();
  const inPlace = await canReach(account, dirname(entry));
  const home = await mkdtemp(inPlace ? draftPrefix(entry) : join(await sharedFolder(), 'data-'));
  try {
    await runInitdb(home, account, await postgresBinaries(account, log));
    await (inPlace ? rename(home, entry) : symlink(home, entry));
    if (!inPlace) log(`PostgreSQL's account cannot enter ${dirname(entry)}: keeping its data in ${home}`);
  } catch (error) {
    await rm(home, { recursive: true, force: true });
    const createdByAnotherProcess = await exists(entry);
    if (!createdByAnotherProcess) throw error;
  }
  await removeDrafts(entry);
}

async function runInitdb(home: string, account: PostgresAccount, binaries: PostgresBinaries): Promise<void> {
  const passwordFile = join(home, 'password');
  await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  await changeOwner(home, account);
  const args = ['--pgdata', join(home, 'data'), '--username', CLUSTER_USER, '--pwfile', passwordFile];
  // PostgreSQL's built-in Unicode rules, because an index must not depend on the locales of the machine.
  const locale = ['--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'];
  const format = ['--auth', 'scram-sha-256', '--encoding', 'UTF8', ...locale, '--no-instructions'];
  await run(binaries.initdb, [...args, ...format], { ...account, cwd: '/' });
}

function draftPrefix(entry: string): string {
  return `${entry}.initdb-`;
}

/** Removes what earlier calls left that crashed during initdb. */
async function removeDrafts(entry: string): Promise<void> {
  const siblings = await readdir(dirname(entry));
  const leftovers = siblings.filter((name) => name.startsWith(basename(draftPrefix(entry))));
  await Promise.all(
    leftovers.map((name) => rm(join(dirname(entry), name), { recursive: true, force: true, maxRetries: 3 })),
  );
}

/** Does not follow links: a link whose target is missing must not look like a first start. */
async function exists(entry: string): Promise<boolean> {
  return lstat(entry).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}
