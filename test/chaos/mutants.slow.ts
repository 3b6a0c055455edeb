import { expect, it } from 'vitest';
import { MUTANTS, RUN_OPTIONS } from './mutants.js';
import { runScenario } from './run-scenario.js';
import { failures } from './verdict.js';

/** Which requests meet which faults depends on timing, so a bug may stay hidden in one run. It must show in one of these. */
const SEEDS = ['mutants', 'mutants-2', 'mutants-3', 'mutants-4', 'mutants-5'];

it.each(MUTANTS)('finds the bug "$mutation.name"', async ({ mutation, scenario, options, ...expected }) => {
  const runs: string[][] = [];
  for (const seed of SEEDS) {
    const verdict = await runScenario(scenario, { ...RUN_OPTIONS, ...options, seed, mutation });
    const found = failures(verdict).map(({ what }) => what);
    runs.push(found);
    if (expected.failures.every((failure) => found.includes(failure))) return;
  }
  expect(runs).toContainEqual(expect.arrayContaining([...expected.failures]));
});
