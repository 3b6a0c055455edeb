import { parseArgs } from 'node:util';

/** How much a run measures. */
export interface Options {
  rounds: number;
  /** Measured on each route of each server and round. */
  requests: number;
  /** Requests before them: after fewer than about 10,000, V8 still compiles what Paydesk runs (docs/adr/0015-speed.md). */
  warmUpRequests: number;
  /** How long latencies are measured, after the same warm-up. */
  seconds: number;
  /** So many that no server waits for its next request. */
  connections: number;
  /** Names of contenders; all if it is empty. */
  only: readonly string[];
  /** Folder of another built checkout of Paydesk, to compare this one with. */
  baseline: string | undefined;
  /** A run that only shows that everything starts and answers. */
  isSmoke: boolean;
  /** Whether the result is written to RESULTS.md. */
  isWritten: boolean;
}

export const USAGE =
  'usage: npm run bench -- [--rounds 5] [--requests 6000] [--warm-up 12000] [--seconds 10] [--connections 128] ' +
  '[--only NAME]... [--baseline FOLDER]';

/** @throws {TypeError} for an option that does not exist */
export function optionsOf(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '5' },
      requests: { type: 'string', default: '6000' },
      'warm-up': { type: 'string', default: '12000' },
      seconds: { type: 'string', default: '10' },
      connections: { type: 'string', default: '128' },
      only: { type: 'string', multiple: true, default: [] },
      baseline: { type: 'string' },
      smoke: { type: 'boolean', default: false },
    },
  });
  const { smoke, only, baseline } = values;
  return {
    rounds: smoke ? 1 : Number(values.rounds),
    requests: smoke ? 200 : Number(values.requests),
    warmUpRequests: smoke ? 200 : Number(values['warm-up']),
    seconds: smoke ? 1 : Number(values.seconds),
    connections: Number(values.connections),
    only,
    baseline,
    isSmoke: smoke,
    isWritten: !smoke && only.length === 0 && baseline === undefined,
  };
}
