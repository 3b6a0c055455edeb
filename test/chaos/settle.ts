import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Bench } from './bench.js';
import { isDone, storyOf, type Told } from './told.js';
import { type Figure, never } from './verdict.js';

/** Operations must settle within a minute of Stripe's recovery; a lease of a dead instance comes on top. */
const SETTLES_WITHIN_MS = 90_000;
const POLL_MS = 250;
/** One that died before it was planned has sent nothing, and is forgotten. */
const UNSETTLED = "state = 'running' and plan is not null";

/**
 * Lets Stripe recover and the workers finish what nobody asks for, and has every client ask once more; tells what was not
 * finished, or is told otherwise now.
 */
export async function settle(bench: Bench, credential: string, told: readonly Told[]): Promise<Figure[]> {
  const { stripe, fleet, hardship } = bench;
  const calls = stripe.counters.list().map((route) => route.calls);
  const wrong = stripe.faults.list().flatMap(({ injected }) => Object.values(injected));
  stripe.faults.clear();
  await fleet.allUp();
  const giveUpAt = Date.now() + SETTLES_WITHIN_MS;
  let unsettled = await operations(bench, UNSETTLED);
  if (unsettled.length > 0) hardship.log(`${unsettled.length} operations are still to settle`);
  while (unsettled.length > 0 && Date.now() < giveUpAt) {
    await delay(POLL_MS);
    unsettled = await operations(bench, UNSETTLED);
  }
  return [
    never('operations that do not settle', unsettled),
    never('operations that need a review', await operations(bench, "state = 'needs-review'")),
    never('told otherwise when asked again', await toldOtherwise(bench, credential, told)),
    { what: 'calls to Stripe', count: sumOf(calls) },
    { what: '  that went wrong', count: sumOf(wrong) },
  ];
}

/** What was done or declined is kept in the database, and told again word for word. */
async function toldOtherwise(bench: Bench, credential: string, told: readonly Told[]): Promise<string[]> {
  const kept = told.filter((one) => isDone(one) || one.slug === 'card-declined');
  const again = await Promise.all(
    kept.map(({ wish, attempts }) => bench.client(credential).send(wish, attempts.at(-1)?.key)),
  );
  return again.flatMap((one, index) => {
    const isSame = one.isReplayed && isDeepStrictEqual(wordsOf(one), wordsOf(kept[index]!));
    return isSame ? [] : [`${storyOf(kept[index]!)} | told again as ${JSON.stringify(wordsOf(one))}`];
  });
}

/** What is equal each time. */
function wordsOf({ status, location, body }: Told): object {
  return { status, location, body: { ...body, instance: undefined } };
}

/** All that the database has of some operations, as lines. */
async function operations(bench: Bench, condition: string): Promise<string[]> {
  const rows = await bench.query(`select * from operations where ${condition}`);
  return rows.map((row) => JSON.stringify(row));
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
