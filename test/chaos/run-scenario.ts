import { Bench, type Hardship } from './bench.js';
import { charges } from './charges.js';
import { checkouts } from './checkouts.js';
import { customers } from './customers.js';
import { outage } from './outage.js';
import { refunds } from './refunds.js';
import { MOMENTS } from './kill-plan.js';
import type { Figure, Verdict } from './verdict.js';

/** What can be put to the test; each returns what its audit has found. */
export const SCENARIOS = {
  charges: (bench) => charges(bench),
  refunds,
  checkouts,
  customers,
  outage,
} as const satisfies Record<string, (bench: Bench) => Promise<Figure[]>>;
export type Scenario = keyof typeof SCENARIOS;

/** Runs one scenario on a bench of its own, and adds how hard it was made. */
export async function runScenario(scenario: Scenario, hardship: Hardship): Promise<Verdict> {
  const startedAtMs = Date.now();
  const bench = await Bench.open(hardship);
  try {
    const figures = [...(await SCENARIOS[scenario](bench)), ...hardshipFigures(bench)];
    return { scenario, seed: hardship.seed, seconds: (Date.now() - startedAtMs) / 1000, figures };
  } finally {
    await bench.close();
  }
}

function hardshipFigures(bench: Bench): Figure[] {
  const { hits } = bench.kills;
  const kills = [...hits.values()].reduce((sum, count) => sum + count, 0);
  return [
    { what: 'kills', count: kills, expected: bench.hardship.kills },
    ...MOMENTS.map((moment) => ({ what: `  killed ${moment}`, count: hits.get(moment) ?? 0 })),
    ...[...bench.problems()].map(([slug, count]) => ({ what: `  answered ${slug}`, count })),
  ];
}
