import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';

const TICKS_PER_SECOND = 100;

/**
 * Returns what reads the CPU time that a PostgreSQL on this machine has used so far, in milliseconds, by all of its processes
 * that are running: https://www.man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
export async function postgresCpu(url: string): Promise<() => number> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  await client.end();
  const parent = statOf(rows[0]?.pid ?? 0)?.parent;
  return () =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => statOf(Number(name)))
      .reduce((sum, stat) => sum + (stat?.parent === parent ? (stat?.cpuMs ?? 0) : 0), 0);
}

function statOf(pid: number): { parent: number; cpuMs: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return {
      parent: Number(fields[1]),
      cpuMs: ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND,
    };
  } catch {
    // It has ended.
    return undefined;
  }
}
