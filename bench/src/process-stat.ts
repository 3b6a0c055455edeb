import { readFileSync } from 'node:fs';

/** What the kernel knows of a process. */
export interface ProcessStat {
  /** The id of the process that has started it. */
  parent: number;
  /** CPU time of all its threads so far, in milliseconds. */
  cpuMs: number;
  /** CPU time of its children that have ended, in milliseconds. */
  endedCpuMs: number;
}

const TICKS_PER_SECOND = 100;

/**
 * https://www.man7.org/linux/man-pages/man5/proc_pid_stat.5.html: ppid, utime, stime, cutime and cstime.
 *
 * @throws {Error} if there is no such process
 */
export function processStat(pid: number): ProcessStat {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    parent: Number(fields[1]),
    cpuMs: msOf(fields[11], fields[12]),
    endedCpuMs: msOf(fields[13], fields[14]),
  };
}

function msOf(userTicks: string | undefined, systemTicks: string | undefined): number {
  return ((Number(userTicks) + Number(systemTicks)) * 1000) / TICKS_PER_SECOND;
}
