import { HANDLED_EVENT_TYPES } from '../../src/webhooks/event-types.js';
import { auditFacts, storedNotifications } from './audit-facts.js';
import { auditRecord } from './audit-record.js';
import type { Bench } from './bench.js';
import { MixedPayments } from './mixed-payments.js';
import { untilDone } from './until-done.js';
import { expectNone, type Figure } from './verdict.js';

/** The payments are made within an hour of Stripe's time, in so many parts. */
const PARTS = 6;
const PART_MS = 10 * 60 * 1000;
/** As Stripe delivers events: https://docs.stripe.com/webhooks#event-ordering */
export const ANY_ORDER = { copiesMax: 5, shuffle: true, concurrency: 8 };
const LOSSY = { ...ANY_ORDER, dropShare: 0.2, delayShare: 0.3, delaySeconds: 300 };

/** A row of the table `webhook_events`. */
interface InboxRow {
  id: string;
  type: string;
  state: string;
  source: string;
}

/** Makes payments for an hour in which Stripe's events are dropped, repeated and shuffled: the record is right in the end. */
export async function events(bench: Bench): Promise<Figure[]> {
  const payments = await MixedPayments.prepare(bench);
  bench.registerWebhook();
  bench.stripe.webhooks.setBehaviour(LOSSY);
  const size = Math.ceil(bench.options.requests / PARTS);
  for (let first = 0; first < bench.options.requests; first += size) {
    await payments.make(first, Math.min(size, bench.options.requests - first));
    await bench.clock.advanceMs(PART_MS);
  }
  bench.stripe.webhooks.setBehaviour(ANY_ORDER);
  const inbox = await settleEvents(bench);
  return [
    ...inbox,
    ...(await auditRecord(bench, payments.serviceKey, payments.makers)),
    ...auditFacts(bench, await storedNotifications(bench)),
  ];
}

/**
 * Waits until each event of Stripe's that is handled has arrived and is handled, as long as there is progress. Reports
 * those that are not.
 */
export async function settleEvents(bench: Bench): Promise<Figure[]> {
  await bench.fleet.allStarted();
  const state = await untilDone(
    bench,
    async () => {
      void bench.stripe.webhooks.flush();
      return inboxState(bench);
    },
    ({ missing, waiting }) => missing.length + waiting.length + killsLeft(bench),
  );
  const { handled, missing, waiting, inbox } = state;
  const isOf = (what: string) => (row: InboxRow) => row.state === what;
  return [
    { what: 'events', count: handled.length },
    {
      what: 'events that only the walk has found',
      count: inbox.filter(({ source }) => source === 'walk').length,
    },
    expectNone('events that never arrived', missing),
    expectNone('events that are not handled', waiting),
    expectNone('dead events', inbox.filter(isOf('dead')).map(describe)),
    expectNone('ignored events', inbox.filter(isOf('ignored')).filter(isHandledType).map(describe)),
  ];
}

function killsLeft({ kills, options }: Bench): number {
  return options.kills - kills.killed;
}

async function inboxState(bench: Bench) {
  const inbox = await bench.query<InboxRow>('select id, type, state, source from webhook_events');
  const known = new Set(inbox.map(({ id }) => id));
  const handled = [...bench.stripe.store.events.oldestFirst()].filter(isHandledType);
  const missing = handled.filter(({ id }) => !known.has(id)).map(({ id, type }) => `${id} ${type}`);
  const waiting = inbox.filter(({ state }) => state === 'stored').map(describe);
  return { handled, missing, waiting, inbox };
}

function isHandledType({ type }: { type: string }): boolean {
  return HANDLED_EVENT_TYPES.includes(type);
}

function describe({ id, type, state }: InboxRow): string {
  return `${id} ${type}: ${state}`;
}
