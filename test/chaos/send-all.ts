import type { Bench } from './bench.js';
import type { Outcome, PlannedRequest } from './outcome.js';

const PROGRESS_MS = 5_000;

/** Sends each request by another client, at the pace of the kills. Returns the outcomes in the same order. */
export function sendAll(
  bench: Bench,
  credential: string,
  requests: readonly PlannedRequest[],
): Promise<Outcome[]> {
  const send = (request: PlannedRequest) => () => bench.client(credential).send(request);
  return runAtPace(bench, requests.map(send));
}

/** What counts as one request. */
type Task<Result> = () => Promise<Result>;

/** Runs tasks at the pace of the kills. Returns the results in the same order. */
export function runAtPace<Result>(bench: Bench, tasks: readonly Task<Result>[]): Promise<Result[]> {
  return runChainsAtPace(
    bench,
    tasks.map((task) => [[task]]),
  );
}

/** Runs chains at once, at the pace of the kills: the steps of each one after the other, and the tasks of a step at once. */
export async function runChainsAtPace<Result>(
  { kills, options }: Bench,
  chains: readonly (readonly (readonly Task<Result>[])[])[],
): Promise<Result[]> {
  const count = chains.flat(2).length;
  let done = 0;
  const tell = () =>
    options.log(`${done} of ${count} answered, ${kills.killed} of ${options.kills} kills done`);
  const run = async (task: Task<Result>): Promise<Result> => {
    await kills.waitToStart();
    const result = await task();
    kills.countAnswer();
    done += 1;
    return result;
  };
  const progress = setInterval(tell, PROGRESS_MS);
  kills.begin();
  try {
    return (await Promise.all(chains.map((chain) => runChain(chain, run)))).flat();
  } finally {
    clearInterval(progress);
    tell();
  }
}

async function runChain<Result>(
  chain: readonly (readonly Task<Result>[])[],
  run: (task: Task<Result>) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const step of chain) results.push(...(await Promise.all(step.map(run))));
  return results;
}

/**
 * Sends those requests again, with their last key, whose clients gave up. Only then is it known whether the service
 * reports what it did: on a slow machine a client's patience may end before its request does.
 */
export async function sendUnanswered(
  bench: Bench,
  credential: string,
  outcomes: readonly Outcome[],
): Promise<Outcome[]> {
  return Promise.all(
    outcomes.map(async (outcome) => {
      if (outcome.status !== undefined) return outcome;
      const again = await bench.client(credential).send(outcome.request, outcome.attempts.at(-1)?.key);
      return { ...again, attempts: [...outcome.attempts, ...again.attempts] };
    }),
  );
}
