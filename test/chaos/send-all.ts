import type { Bench } from './bench.js';
import type { Outcome, PlannedRequest } from './outcome.js';

const PROGRESS_MS = 5_000;

/** Sends each request by another client, at the pace of the kills. Returns the outcomes in the same order. */
export async function sendAll(
  bench: Bench,
  credential: string,
  requests: readonly PlannedRequest[],
): Promise<Outcome[]> {
  const { kills, options } = bench;
  let answered = 0;
  const tell = () =>
    options.log(`${answered} of ${requests.length} answered, ${kills.killed} of ${options.kills} kills done`);
  const send = async (request: PlannedRequest): Promise<Outcome> => {
    await kills.waitToStart();
    const outcome = await bench.client(credential).send(request);
    kills.countAnswer();
    answered += 1;
    return outcome;
  };
  const progress = setInterval(tell, PROGRESS_MS);
  kills.begin();
  try {
    return await Promise.all(requests.map(send));
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
