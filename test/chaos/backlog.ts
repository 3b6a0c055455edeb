import { setTimeout as delay } from 'node:timers/promises';
import { eventOf, signatureOf } from '../webhooks/stripe-event.js';
import { type Bench, WEBHOOK_SECRET } from './bench.js';
import { describeOutcome, isSuccess } from './outcome.js';
import { makePayers, type Payer } from './payers.js';
import { expectNone, type Figure } from './verdict.js';

const EVENTS_PER_SECOND = 200;
const BATCH_MS = 50;
/** So many events of one object do not occur, but each of them waits for the same row. */
const HOT_OBJECTS = 20;
const EVENTS_PER_OBJECT = 10;
const PAYERS = 4;
const CALLS_BEFORE = 60;
const PAUSE_MS = 20;
const POLL_MS = 2_000;
const RETRY_MS = 1_000;
/** How much slower a call may be while events are handled. */
const RATIO_MAX = 1.5;
const WEBHOOK_P99_MAX_MS = 250;
/** In a smaller run the times are too few to say anything. */
const EVENTS_FOR_TIMES = 10_000;
const DRAINS_WITHIN_MS = 900_000;
const OPEN = "select id from webhook_events where state = 'stored'";

/** Has many events handled while cards are charged: the events drain, and the charges take no longer. */
export async function backlog(bench: Bench): Promise<Figure[]> {
  const key = await bench.issueKey('partner', 'acme');
  const payers = await makePayers(bench, key, PAYERS);
  const count = bench.options.requests;
  const objects = await makeIntents(bench, Math.ceil(count / EVENTS_PER_OBJECT));
  const charges = new Charges(bench, key, payers);
  for (let call = 0; call < CALLS_BEFORE; call += 1) await charges.send();
  const before = charges.takeTimes();
  const end = new AbortController();
  const charging = charges.sendUntil(end.signal);
  const half = Math.ceil(count / 2);
  const many = await postEvents(bench, 'many', half, objects);
  const hot = await postEvents(bench, 'hot', count - half, objects.slice(0, HOT_OBJECTS));
  const left = await drain(bench);
  end.abort();
  await charging;
  const during = charges.takeTimes();
  const ratio = quantile(during, 0.5) / quantile(before, 0.5);
  const isFull = count >= EVENTS_FOR_TIMES;
  return [
    { what: 'events', count },
    expectNone('events that are not handled', left),
    { what: 'events that were refused at first', count: many.refused.length + hot.refused.length },
    expectNone('charges that failed', charges.failures),
    { what: 'charges before the events', count: before.length },
    { what: '  median, ms', count: Math.round(quantile(before, 0.5)) },
    { what: 'charges meanwhile', count: during.length },
    { what: '  median, ms', count: Math.round(quantile(during, 0.5)) },
    {
      what: '  median, % of before',
      count: Math.round(ratio * 100),
      ...(isFull && { max: RATIO_MAX * 100 }),
    },
    { what: 'answers to events of many objects', count: many.times.length },
    p99Figure(many.times, isFull),
    { what: `answers to events of ${HOT_OBJECTS} objects`, count: hot.times.length },
    p99Figure(hot.times, isFull),
  ];
}

/** Payments that have been made in the Dashboard. */
async function makeIntents({ stripeClient }: Bench, count: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    const { id } = await stripeClient.paymentIntents.create({
      amount: 2_000,
      currency: 'usd',
      payment_method: 'pm_card_visa',
      confirm: true,
      return_url: 'https://example.com/paid',
    });
    ids.push(id);
  }
  return ids;
}

/** Posts events at a steady rate, however long the answers take. */
async function postEvents(bench: Bench, name: string, count: number, objects: readonly string[]) {
  const { url } = await bench.fleet.next(0);
  const times: number[] = [];
  const refused: string[] = [];
  const post = async (index: number): Promise<void> => {
    const object = objects[index % objects.length];
    const body = eventOf('charge.updated', { payment_intent: object }, `evt_${name}${index}`);
    const signature = signatureOf(body, WEBHOOK_SECRET, Math.floor(Date.now() / 1000));
    const startMs = performance.now();
    const { status } = await fetch(`${url}/webhooks/stripe`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'stripe-signature': signature },
      body,
    });
    times.push(performance.now() - startMs);
    if (status === 200) return;
    refused.push(`${name} ${index}: ${status}`);
    // Stripe sends it again later.
    await delay(RETRY_MS);
    await post(index);
  };
  const perBatch = (EVENTS_PER_SECOND * BATCH_MS) / 1000;
  const posts: Promise<void>[] = [];
  const startMs = performance.now();
  while (posts.length < count) {
    const due = Math.min(count, Math.floor((performance.now() - startMs) / BATCH_MS) * perBatch);
    while (posts.length < due) posts.push(post(posts.length));
    await delay(BATCH_MS);
  }
  await Promise.all(posts);
  return { times, refused };
}

/** Waits until all events are handled. Returns those that are not. */
async function drain(bench: Bench): Promise<string[]> {
  const giveUpAt = Date.now() + Math.min(DRAINS_WITHIN_MS, bench.options.giveUpAfterMs);
  for (;;) {
    const left = await bench.query<{ id: string }>(OPEN);
    bench.options.log(`${left.length} events are still to be handled`);
    if (left.length === 0 || Date.now() > giveUpAt) return left.map(({ id }) => id);
    await delay(POLL_MS);
  }
}

/** Charges saved cards one after the other. */
class Charges {
  readonly failures: string[] = [];
  private times: number[] = [];
  private sent = 0;

  constructor(
    private readonly bench: Bench,
    private readonly key: string,
    private readonly payers: readonly Payer[],
  ) {}

  async send(): Promise<void> {
    const { user, good } = this.payers[this.sent % this.payers.length]!;
    const name = `charge-${this.sent++}`;
    const body = { amount: 1_000, description: name, stripe_payment_method_id: good };
    const startMs = performance.now();
    const outcome = await this.bench
      .client(this.key)
      .send({ name, path: `/partners/user/${user}/payment_intent`, body });
    this.times.push(performance.now() - startMs);
    if (!isSuccess(outcome)) this.failures.push(describeOutcome(outcome));
    await delay(PAUSE_MS);
  }

  async sendUntil(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) await this.send();
  }

  /** How long each charge took, in milliseconds, since this was called last. */
  takeTimes(): number[] {
    return this.times.splice(0);
  }
}

function p99Figure(times: readonly number[], isFull: boolean): Figure {
  const count = Math.round(quantile(times, 0.99));
  return { what: '  99th percentile, ms', count, ...(isFull && { max: WEBHOOK_P99_MAX_MS }) };
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;
}
