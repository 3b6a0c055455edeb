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

/** Runs tasks, each of which counts as a request, at the pace of the kills. Returns the results in the same order. */
export async function runAtPace<Result>(
  { kills, options }: Bench,
  tasks: readonly (() => Promise<Result>)[],
): Promise<Result[]> {
  let done = 0;
  const tell = () =>
    options.log(`${done} of ${tasks.length} answered, ${kills.killed} of ${options.kills} kills done`);
  const run = async (task: () => Promise<Result>): Promise<Result> => {
    await kills.waitToStart();
    const result = await task();
    kills.countAnswer();
    done += 1;
    return result;
  };
  const progress = setInterval(tell, PROGRESS_MS);
  kills.begin();
  try {
    return await Promise.all(tasks.map(run));
  } finally {
    clearInterval(progress);
    tell();
  }
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
