import { readdirSync } from 'node:fs';
import pg from 'pg';
import { type ProcessStat, processStat } from './process-stat.js';

/**
 * Returns what reads the CPU time that a PostgreSQL on this machine has used so far, in milliseconds, by all of its processes
 * that are running or have ended.
 */
export async function postgresCpu(url: string): Promise<() => number> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  await client.end();
  const parent = statOf(rows[0]?.pid ?? 0)?.parent ?? 0;
  return () =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => statOf(Number(name)))
      .reduce(
        (sum, stat) => sum + (stat?.parent === parent ? stat.cpuMs : 0),
        statOf(parent)?.endedCpuMs ?? 0,
      );
}

function statOf(pid: number): ProcessStat | undefined {
  try {
    return processStat(pid);
  } catch {
    // It has ended.
    return undefined;
  }
}
