import { cpus, loadavg, totalmem } from 'node:os';

/** The machine of a run, and how busy it is: figures of another machine, or at another load, say little about this one. */
export function describeMachine(): string {
  const [cpu] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  return `${cpus().length} cores (${cpu?.model ?? 'unknown'}), ${memory}, load average ${loadavg()[0]?.toFixed(1)}`;
}
