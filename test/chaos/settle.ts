import { isDeepStrictEqual } from 'node:util';
import type { Bench } from './bench.js';
import { isSuccess, describeOutcome, type Outcome } from './outcome.js';
import { untilDone } from './until-done.js';
import { type Figure, expectNone } from './verdict.js';

/** An operation without a plan has sent nothing, so it need not settle. */
const UNSETTLED = "state = 'running' and plan is not null";

/**
 * Removes the faults, waits until the workers have finished all operations, and sends every request again. Reports the
 * operations that did not finish, and the responses that have changed.
 */
export async function settle(
  bench: Bench,
  credential: string,
  outcomes: readonly Outcome[],
): Promise<Figure[]> {
  const { stripe, fleet } = bench;
  const calls = stripe.counters.list().map((route) => route.calls);
  const wrong = stripe.faults.list().flatMap(({ injected }) => Object.values(injected));
  stripe.faults.clear();
  await fleet.allStarted();
  const unsettled = await untilDone(
    bench,
    () => operations(bench, UNSETTLED),
    (rows) => rows.length,
  );
  return [
    expectNone('operations that do not settle', unsettled),
    expectNone('operations that need a review', await operations(bench, "state = 'needs-review'")),
    expectNone('responses that changed on repetition', await changedOutcomes(bench, credential, outcomes)),
    { what: 'calls to Stripe', count: sumOf(calls) },
    { what: '  that went wrong', count: sumOf(wrong) },
  ];
}

/** Repeats the requests that were done or declined: the stored response must be the same. */
async function changedOutcomes(
  bench: Bench,
  credential: string,
  outcomes: readonly Outcome[],
): Promise<string[]> {
  const kept = outcomes.filter((one) => isSuccess(one) || one.slug === 'card-declined');
  const again = await Promise.all(
    kept.map(({ request, attempts }) => bench.client(credential).send(request, attempts.at(-1)?.key)),
  );
  return again.flatMap((one, index) => {
    const isSame = one.isReplayed && isDeepStrictEqual(comparablePart(one), comparablePart(kept[index]!));
    return isSame ? [] : [`${describeOutcome(kept[index]!)} | now ${JSON.stringify(comparablePart(one))}`];
  });
}

/** The part of a response that never changes. */
function comparablePart({ status, location, body }: Outcome): object {
  return { status, location, body: { ...body, instance: undefined } };
}

/** Rows of the table `operations`, as JSON. */
async function operations(bench: Bench, condition: string): Promise<string[]> {
  const rows = await bench.query(`select * from operations where ${condition}`);
  return rows.map((row) => JSON.stringify(row));
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
