import { Bench, type Hardship } from './bench.js';
import { charges } from './charges.js';
import { checkouts } from './checkouts.js';
import { customers } from './customers.js';
import { outage } from './outage.js';
import { refunds } from './refunds.js';
import { subscriptions } from './subscriptions.js';
import { type Figure, never, type Verdict } from './verdict.js';

/** What can be put to the test. */
interface Trial {
  /** What is proved where it is green. */
  proves: string;
  /** Returns what the audit has found. */
  run: (bench: Bench) => Promise<Figure[]>;
}

export const SCENARIOS = {
  charges: {
    proves: 'a saved card is charged once, or not at all, as the client is told',
    run: (bench) => charges(bench),
  },
  refunds: {
    proves: 'racing refunds never give back more than was paid, and all that clients are told of',
    run: refunds,
  },
  checkouts: {
    proves: 'a checkout is opened once, and closed when two clients withdraw it at once',
    run: checkouts,
  },
  subscriptions: {
    proves: 'a subscription is started and paid once, and ends when two clients cancel it at once',
    run: subscriptions,
  },
  customers: {
    proves: 'many first calls for a user at once make one customer',
    run: customers,
  },
  outage: {
    proves: 'charges survive a PostgreSQL that is killed again and again',
    run: outage,
  },
} as const satisfies Record<string, Trial>;
export type Scenario = keyof typeof SCENARIOS;

/**
 * Runs one scenario on a bench of its own, and adds how hard it was made.
 *
 * @param signal ends the run before its time; all that was started is stopped first
 * @throws whatever aborted the signal, or Error where the run can't go on
 */
export async function runScenario(
  scenario: Scenario,
  hardship: Hardship,
  signal?: AbortSignal,
): Promise<Verdict> {
  const startedAtMs = Date.now();
  const bench = new Bench(hardship);
  signal?.addEventListener('abort', () => bench.fail(signal.reason));
  const run = async (): Promise<Verdict> => {
    await bench.open();
    const figures = [...(await SCENARIOS[scenario].run(bench)), ...hardshipFigures(bench)];
    return { scenario, seed: hardship.seed, seconds: (Date.now() - startedAtMs) / 1000, figures };
  };
  try {
    return await Promise.race([run(), bench.failed]);
  } finally {
    await bench.close();
  }
}

function hardshipFigures(bench: Bench): Figure[] {
  const { kills, fleet, hardship } = bench;
  return [
    never('instances that ended by themselves', fleet.crashes),
    { what: 'kills', count: kills.killed, expected: hardship.kills },
    ...[...kills.hits].map(([moment, count]) => ({ what: `  ${moment}`, count })),
    ...fleet.kills.map((count, number) => ({ what: `  of instance ${number}`, count })),
    ...[...bench.heard()].map(([what, count]) => ({ what: `clients heard ${what}`, count })),
  ];
}
