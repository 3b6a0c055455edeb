import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The system account that runs PostgreSQL's programs, as `child_process` options. Empty: the current account. */
export interface PostgresAccount {
  uid?: number;
  gid?: number;
}

const ACCOUNT_NAME = 'postgres';

/**
 * The account for a new cluster. PostgreSQL refuses to run as root, so root uses the system account `postgres`, which
 * is created if it is missing, because initdb requires an entry in /etc/passwd.
 *
 * @throws {Error} if the account can be neither found nor created
 */
export async function postgresAccount(): Promise<PostgresAccount> {
  if (!runningAsRoot()) return {};
  return (await lookUpAccount()) ?? (await createAccount());
}

/** The account that owns an existing cluster. PostgreSQL lets no other account start it. */
export async function clusterOwner(folder: string): Promise<PostgresAccount> {
  if (!runningAsRoot()) return {};
  const { uid, gid } = await stat(folder);
  if (uid !== 0) return { uid, gid };

  // Root restored it from a backup and so became the owner.
  const account = await postgresAccount();
  await changeOwner(folder, account);
  return account;
}

/** Makes `account` the owner of a folder and everything in it. */
export async function changeOwner(folder: string, account: PostgresAccount): Promise<void> {
  if (account.uid === undefined) return;
  await run('chown', ['-R', `${account.uid}:${account.gid}`, folder]);
}

/** Whether `account` can enter a folder or run a program, with the permissions of all parent folders. */
export async function canReach(account: PostgresAccount, path: string): Promise<boolean> {
  if (account.uid === undefined) return true;
  // The check runs as that account, because file modes do not show access lists and mount options.
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
  const options = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin'];
  try {
    await run('useradd', [...options, ACCOUNT_NAME]);
  } catch (cause) {
    // Another process may have created it in the meantime.
    const account = await lookUpAccount();
    if (account) return account;
    throw new Error(
      `PostgreSQL cannot run as root, and the account "${ACCOUNT_NAME}" could not be created: ` +
        'create it, run Paydesk as another user, or set DATABASE_URL.',
      { cause },
    );
  }
  const account = await lookUpAccount();
  if (!account) throw new Error(`useradd did not create the account "${ACCOUNT_NAME}".`);
  return account;
}
