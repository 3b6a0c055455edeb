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
import { accountOwning, canReach, giveFolder, postgresAccount, type PostgresAccount } from './account.js';
import { postgresBinaries, type PostgresBinaries } from './binaries.js';
import { sharedFolder } from './shared-folder.js';

const run = promisify(execFile);

/** Name of the role that owns the embedded database. */
export const CLUSTER_USER = 'paydesk';

/** A PostgreSQL data folder on disk, running or not, with what it takes to run it. */
export interface PostgresCluster {
  dataFolder: string;
  logFile: string;
  password: string;
  account: PostgresAccount;
  binaries: PostgresBinaries;
}

/**
 * Opens the cluster in `<dataDir>/postgres`, made at the first call.
 * @throws Error when there is no PostgreSQL for this platform, or the folder can't be reached or read
 */
export async function openCluster(dataDir: string, log: (line: string) => void): Promise<PostgresCluster> {
  const entry = resolve(dataDir, 'postgres');
  if (!(await exists(entry))) await createCluster(entry, log);

  const home = await realpath(entry);
  const account = await accountOwning(home);
  if (!(await canReach(account, home))) {
    throw new Error(
      `PostgreSQL does not run as root, and its account cannot reach ${home}: move it to an open folder.`,
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

/** Builds the cluster under another name first, so that a crash or a second process meets a whole cluster or none. */
async function createCluster(entry: string, log: (line: string) => void): Promise<void> {
  await mkdir(dirname(entry), { recursive: true });
  const account = await postgresAccount();
  const inPlace = await canReach(account, dirname(entry));
  const home = await mkdtemp(inPlace ? unfinished(entry) : join(await sharedFolder(), 'data-'));
  try {
    await initialise(home, account, await postgresBinaries(account, log));
    await (inPlace ? rename(home, entry) : symlink(home, entry));
    if (!inPlace) log(`PostgreSQL's account cannot enter ${dirname(entry)}: its data is kept in ${home}`);
  } catch (error) {
    await rm(home, { recursive: true, force: true });
    const anotherProcessWasQuicker = await exists(entry);
    if (!anotherProcessWasQuicker) throw error;
  }
  await removeUnfinished(entry);
}

async function initialise(home: string, account: PostgresAccount, binaries: PostgresBinaries): Promise<void> {
  const passwordFile = join(home, 'password');
  await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  await giveFolder(home, account);
  const args = ['--pgdata', join(home, 'data'), '--username', CLUSTER_USER, '--pwfile', passwordFile];
  // PostgreSQL's own Unicode rules, so that data does not depend on the machine's locales.
  const locale = ['--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'];
  const format = ['--auth', 'scram-sha-256', '--encoding', 'UTF8', ...locale, '--no-instructions'];
  await run(binaries.initdb, [...args, ...format], { ...account, cwd: '/' });
}

function unfinished(entry: string): string {
  return `${entry}.initdb-`;
}

/** What a crash in the middle of an earlier initdb left behind. */
async function removeUnfinished(entry: string): Promise<void> {
  const siblings = await readdir(dirname(entry));
  const leftovers = siblings.filter((name) => name.startsWith(basename(unfinished(entry))));
  await Promise.all(
    leftovers.map((name) => rm(join(dirname(entry), name), { recursive: true, force: true, maxRetries: 3 })),
  );
}

/** The entry itself counts: a link to data that is missing must not be taken for a first start. */
async function exists(entry: string): Promise<boolean> {
  return lstat(entry).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}
