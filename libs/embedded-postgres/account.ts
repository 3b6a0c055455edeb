import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Whom PostgreSQL's programs run as, in the form child_process takes; empty means "as we do". */
export interface PostgresAccount {
  uid?: number;
  gid?: number;
}

const ACCOUNT_NAME = 'postgres';

/**
 * PostgreSQL refuses to run as root, so root gets the system's `postgres` account, made if it is missing:
 * initdb wants one that /etc/passwd knows.
 * @throws Error when root has no such account and can't make one
 */
export async function postgresAccount(): Promise<PostgresAccount> {
  if (!runningAsRoot()) return {};
  return (await lookUpAccount()) ?? (await createAccount());
}

/** The account that owns an existing cluster: the only one PostgreSQL lets start it, whatever /etc/passwd says now. */
export async function accountOwning(folder: string): Promise<PostgresAccount> {
  if (!runningAsRoot()) return {};
  const { uid, gid } = await stat(folder);
  if (uid !== 0) return { uid, gid };

  // Restoring a backup as root makes root the owner.
  const account = await postgresAccount();
  await giveFolder(folder, account);
  return account;
}

/** Makes `account` the owner of a folder and all in it. */
export async function giveFolder(folder: string, account: PostgresAccount): Promise<void> {
  if (account.uid === undefined) return;
  await run('chown', ['-R', `${account.uid}:${account.gid}`, folder]);
}

/** Whether `account` may enter this folder, or run this program, through all the folders above it. */
export async function canReach(account: PostgresAccount, path: string): Promise<boolean> {
  if (account.uid === undefined) return true;
  // Asked of the kernel, as modes alone do not tell (access lists, mounts).
  return run('test', ['-x', path], account).then(
    () => true,
    () => false,
  );
}

function runningAsRoot(): boolean {
  return process.getuid?.() === 0;
}

async function lookUpAccount(): Promise<Required<PostgresAccount> | undefined> {
  try {
    const [uid, gid] = await Promise.all(
      ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, ACCOUNT_NAME])).stdout)),
    );
    return uid === undefined || gid === undefined ? undefined : { uid, gid };
  } catch {
    return undefined;
  }
}

async function createAccount(): Promise<PostgresAccount> {
  const shape = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin'];
  try {
    await run('useradd', [...shape, ACCOUNT_NAME]);
  } catch (cause) {
    // Another Paydesk may have made it at this very moment.
    const account = await lookUpAccount();
    if (account) return account;
    throw new Error(
      `PostgreSQL does not run as root and the account "${ACCOUNT_NAME}" could not be created: ` +
        'create it, run Paydesk as another user, or set DATABASE_URL.',
      { cause },
    );
  }
  const account = await lookUpAccount();
  if (!account) throw new Error(`useradd made no account "${ACCOUNT_NAME}".`);
  return account;
}
