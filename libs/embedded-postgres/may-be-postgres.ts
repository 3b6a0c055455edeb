import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Whether a process may be a PostgreSQL. It may where the system does not name processes. */
export async function mayBePostgres(pid: number): Promise<boolean> {
  const name = await nameOf(pid).catch(() => undefined);
  return name === undefined || basename(name.trim()).startsWith('postgres');
}

/** The program that a process runs; macOS names it with its folder. */
async function nameOf(pid: number): Promise<string> {
  // Not every Linux has `ps`: https://man7.org/linux/man-pages/man5/proc_pid_comm.5.html
  if (process.platform === 'linux') return readFile(`/proc/${pid}/comm`, 'utf8');
  const { stdout } = await run('ps', ['-p', String(pid), '-o', 'comm=']);
  return stdout;
}
