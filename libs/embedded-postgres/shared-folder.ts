import { chmod, mkdir } from 'node:fs/promises';

const SHARED_FOLDER = '/var/lib/paydesk';

/**
 * The folder for programs and data that PostgreSQL's account cannot reach in place. Other accounts cannot enter a clone
 * under /root or in a `mktemp -d` folder, and we do not change the mode of such folders.
 *
 * @returns its path; created if it is missing
 */
export async function sharedFolder(): Promise<string> {
  const created = await mkdir(SHARED_FOLDER, { recursive: true });
  // The umask would restrict the mode given to mkdir.
  if (created !== undefined) await chmod(SHARED_FOLDER, 0o755);
  return SHARED_FOLDER;
}
