import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from './bench.js';
import { describeOutcome, isSuccess } from './outcome.js';
import { makePayers, type Payer } from './payers.js';
import {
  drainEvents,
  makeIntents,
  openEvents,
  postEvent,
  type PostedEvents,
  quantile,
} from './post-events.js';
import { expectNone, type Figure } from './verdict.js';

const EVENTS_PER_OBJECT = 10;
/** How many events are posted at once. */
const POSTED_AT_ONCE = 20;
/** While the backlog is made, Stripe answers so late that hardly any of it is handled. */
const HELD_UP = {
  method: 'GET',
  path: '/v1/payment_intents/*',
  kinds: ['wait'],
  share: 1,
  waitMs: 5_000,
} as const;
/** At least so much of the backlog is left when Stripe answers again, as a share. */
const LEFT_MIN = 0.5;
const PAYERS = 4;
const CALLS_WITHOUT = 50;
/** Between two charges, so that they make fewer new objects than the 20 a second whose events an instance handles. */
const PAUSE_MS = 100;
/** How much slower a charge may be while events are handled. */
const RATIO_MAX_PERCENT = 150;
/** In a smaller run the times are too few to say anything. */
const EVENTS_FOR_TIMES = 10_000;

/** Has a backlog of events handled while cards are charged: the events drain, and the charges take hardly longer. */
export async function backlog(bench: Bench): Promise<Figure[]> {
  const key = await bench.issueKey('partner', 'acme');
  const charges = new Charges(bench, key, await makePayers(bench, key, PAYERS));
  const count = bench.options.requests;
  const objects = await makeIntents(bench, Math.ceil(count / EVENTS_PER_OBJECT));

  const before = await charges.send(CALLS_WITHOUT);
  bench.stripe.faults.add(HELD_UP);
  const { refused } = await postAll(bench, count, objects);
  const left = (await openEvents(bench)).length;
  bench.stripe.faults.clear();
  const end = new AbortController();
  const charging = charges.send(Infinity, end.signal);
  const unhandled = await drainEvents(bench);
  end.abort();
  const during = await charging;
  const after = await charges.send(CALLS_WITHOUT);

  const without = quantile([...before, ...after], 0.5);
  const ratio = quantile(during, 0.5) / without;
  return [
    { what: 'events', count },
    { what: 'events that waited when the drain began', count: left },
    expectNone('backlogs that were too small', left < count * LEFT_MIN ? [`${left} of ${count}`] : []),
    expectNone('events that were refused', refused),
    expectNone('events that are not handled', unhandled),
    expectNone('payments that are not in the record', await unrecorded(bench, objects)),
    expectNone('charges that failed', charges.failures),
    { what: 'charges before and after', count: before.length + after.length },
    { what: '  median, ms', count: Math.round(without) },
    { what: 'charges meanwhile', count: during.length },
    { what: '  median, ms', count: Math.round(quantile(during, 0.5)) },
    {
      what: '  median, % of that before and after',
      count: Math.round(ratio * 100),
      ...(count >= EVENTS_FOR_TIMES && { max: RATIO_MAX_PERCENT }),
    },
  ];
}

async function postAll(bench: Bench, count: number, objects: readonly string[]): Promise<PostedEvents> {
  const posted: PostedEvents = { times: [], refused: [] };
  const left = Array.from({ length: count }, (_, index) => index).values();
  const postOneByOne = async () => {
    for (const index of left)
      await postEvent(bench, `evt_backlog${index}`, objects[index % objects.length]!, posted);
  };
  await Promise.all(Array.from({ length: POSTED_AT_ONCE }, postOneByOne));
  return posted;
}

async function unrecorded(bench: Bench, objects: readonly string[]): Promise<string[]> {
  const rows = await bench.query<{ id: string }>(
    "select payment_intent_id as id from payments where status = 'ACCEPTED'",
  );
  const recorded = new Set(rows.map(({ id }) => id));
  return objects.filter((id) => !recorded.has(id));
}

/** Charges saved cards one after the other. */
class Charges {
  readonly failures: string[] = [];
  private sent = 0;

  constructor(
    private readonly bench: Bench,
    private readonly key: string,
    private readonly payers: readonly Payer[],
  ) {}

  /** Returns how long each charge took, in milliseconds. */
  async send(count: number, signal = new AbortController().signal): Promise<number[]> {
    const times: number[] = [];
    while (times.length < count && !signal.aborted) times.push(await this.sendOne());
    return times;
  }

  private async sendOne(): Promise<number> {
    const { user, good } = this.payers[this.sent % this.payers.length]!;
    const name = `charge-${this.sent++}`;
    const body = { amount: 1_000, description: name, stripe_payment_method_id: good };
    const path = `/partners/user/${user}/payment_intent`;
    const startMs = performance.now();
    const outcome = await this.bench.client(this.key).send({ name, path, body });
    const timeMs = performance.now() - startMs;
    if (!isSuccess(outcome)) this.failures.push(describeOutcome(outcome));
    await delay(PAUSE_MS);
    return timeMs;
  }
}
