import { chmod, mkdir } from 'node:fs/promises';

const SHARED_FOLDER = '/var/lib/paydesk';

/**
 * Where root keeps what the account PostgreSQL runs as could not reach in place: a clone under /root or in a
 * `mktemp -d` folder is closed to everybody else, and the mode of such a folder is not ours to change.
 */
export async function sharedFolder(): Promise<string> {
  const created = await mkdir(SHARED_FOLDER, { recursive: true });
  // mkdir's own mode would be narrowed by the umask.
  if (created !== undefined) await chmod(SHARED_FOLDER, 0o755);
  return SHARED_FOLDER;
}
