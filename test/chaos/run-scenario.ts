import { backlog } from './backlog.js';
import { Bench, type RunOptions } from './bench.js';
import { charges } from './charges.js';
import { captures } from './captures.js';
import { changes } from './changes.js';
import { checkouts } from './checkouts.js';
import { CONFIRM_PAGE_ENVIRONMENT, confirmPage } from './confirm-page.js';
import { customers } from './customers.js';
import { disputes } from './disputes.js';
import { eventRate } from './event-rate.js';
import { events } from './events.js';
import { type Moment, MOMENTS_OF_A_DELIVERY, MOMENTS_OF_AN_EVENT } from './kill-plan.js';
import { MANY_RETRIES, notifications } from './notifications.js';
import { outage } from './outage.js';
import { refunds } from './refunds.js';
import { restoredDatabase } from './restored-database.js';
import { subscriptions } from './subscriptions.js';
import { upgrades, UPGRADES_ENVIRONMENT } from './upgrades.js';
import { type Figure, expectNone, type Verdict } from './verdict.js';

/** A scenario and its description. */
interface ScenarioDefinition {
  /** What a green run proves. */
  proves: string;
  /** When the instances are killed; by default at the moments of a change at Stripe. */
  moments?: readonly Moment[];
  /** More settings of the instances. */
  environment?: Readonly<Record<string, string>>;
  /** Returns the result of the audit. */
  run: (bench: Bench) => Promise<Figure[]>;
}

export const SCENARIOS = {
  charges: {
    proves: 'a saved card is charged once or not at all, as the response says',
    run: (bench) => charges(bench),
  },
  refunds: {
    proves: 'concurrent refunds never exceed what was paid, and match the responses',
    run: refunds,
  },
  captures: {
    proves:
      'an authorized payment is captured or canceled once, as the responses say, whoever asks for both at once',
    run: captures,
  },
  checkouts: {
    proves: 'a checkout is opened once, and closed if two clients withdraw it at once',
    run: checkouts,
  },
  subscriptions: {
    proves: 'a subscription is started and paid once, and ends if two clients cancel it at once',
    run: subscriptions,
  },
  upgrades: {
    proves: 'a user subscribes once, however many pages are opened, and an upgrade is charged once',
    environment: UPGRADES_ENVIRONMENT,
    run: upgrades,
  },
  changes: {
    proves: 'a change of a subscription is charged once, and later ones leave it as its clients were told',
    run: changes,
  },
  'confirm-page': {
    proves:
      'a payment is never paid twice, although its customer authenticates it, pays with another card, and it is canceled',
    environment: CONFIRM_PAGE_ENVIRONMENT,
    run: confirmPage,
  },
  disputes: {
    proves: 'the evidence of a dispute is submitted once, or the dispute is accepted, as the responses say',
    run: disputes,
  },
  customers: {
    proves:
      'many first calls for a user at once create one customer, and of many tax ids set at once one is kept',
    run: customers,
  },
  outage: {
    proves: 'no charge is lost or doubled if PostgreSQL is killed repeatedly',
    run: outage,
  },
  'restored-database': {
    proves:
      'after the loss of an hour of the database, repeated requests do nothing twice, and the record is completed',
    environment: { EVENTS_WALK_SECONDS: '10' },
    run: restoredDatabase,
  },
  events: {
    proves: "the record equals Stripe's objects, although events are lost, repeated, late and in any order",
    moments: MOMENTS_OF_AN_EVENT,
    environment: { EVENTS_WALK_SECONDS: '10' },
    run: events,
  },
  notifications: {
    proves:
      'each receiver gets each notification, in order and with its id, although it fails half of the time',
    moments: ["after Stripe's reply", 'after our answer', ...MOMENTS_OF_A_DELIVERY],
    environment: {
      EVENTS_WALK_SECONDS: '10',
      NOTIFICATION_ALLOWED_NETWORKS: '127.0.0.0/8',
      NOTIFICATION_RETRY_SECONDS: MANY_RETRIES,
    },
    run: notifications,
  },
  backlog: {
    proves: 'a backlog of events is handled while charges take hardly longer',
    run: backlog,
  },
  'event-rate': {
    proves: 'events are stored and answered quickly, also many of one object',
    run: eventRate,
  },
} as const satisfies Record<string, ScenarioDefinition>;
export type Scenario = keyof typeof SCENARIOS;

/**
 * Runs one scenario on a new bench. The verdict also counts kills and responses.
 *
 * @param signal aborts the run; everything that was started is stopped first
 * @throws the reason of the aborted signal, or Error if the run cannot continue
 */
export async function runScenario(
  scenario: Scenario,
  options: RunOptions,
  signal?: AbortSignal,
): Promise<Verdict> {
  const startedAtMs = Date.now();
  const { moments, environment }: ScenarioDefinition = SCENARIOS[scenario];
  const bench = new Bench({ ...options, ...(moments && { moments }), ...(environment && { environment }) });
  signal?.addEventListener('abort', () => bench.fail(signal.reason));
  const run = async (): Promise<Verdict> => {
    await bench.open();
    const figures = [...(await SCENARIOS[scenario].run(bench)), ...killFigures(bench)];
    return { scenario, seed: options.seed, seconds: (Date.now() - startedAtMs) / 1000, figures };
  };
  try {
    return await Promise.race([run(), bench.failed]);
  } finally {
    await bench.close();
  }
}

function killFigures(bench: Bench): Figure[] {
  const { kills, fleet, options } = bench;
  return [
    expectNone('instances that ended without a kill', fleet.crashes),
    { what: 'kills', count: kills.killed, expected: options.kills },
    ...[...kills.hits].map(([moment, count]) => ({ what: `  ${moment}`, count })),
    ...fleet.kills.map((count, number) => ({ what: `  of instance ${number}`, count })),
    ...[...bench.answerCounts()].map(([what, count]) => ({ what: `responses ${what}`, count })),
  ];
}
