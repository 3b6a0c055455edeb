import { readFile, rename, rm, stat } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

/**
 * Contents of `postmaster.pid`, which a server writes to its data folder:
 * https://www.postgresql.org/docs/18/storage-file-layout.html
 */
export interface PidFile {
  /** 0 if the file is truncated. */
  pid: number;
  /** 0 if the file is truncated. */
  port: number;
  /** The whole text, to recognize the same file later. */
  text: string;
  writtenAtMs: number;
}

/** Reads the pid file. Undefined if there is none. */
export async function readPidFile(dataFolder: string): Promise<PidFile | undefined> {
  const path = pidFilePath(dataFolder);
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    // Lines: pid, data folder, start time, port, ...
    const [pid, , , port] = text.split('\n').map(Number);
    return { pid: pid || 0, port: port || 0, text, writtenAtMs: mtimeMs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Removes this pid file, but not that of a server that another process has started since. */
export async function removePidFile(dataFolder: string, stale: PidFile): Promise<void> {
  const path = pidFilePath(dataFolder);
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if ((await readFile(aside, 'utf8')) === stale.text) await rm(aside);
  else await rename(aside, path);
}

function pidFilePath(dataFolder: string): string {
  return join(dataFolder, 'postmaster.pid');
}
