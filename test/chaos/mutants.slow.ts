import { expect, it } from 'vitest';
import { MUTANTS, RUN_OPTIONS } from './mutants.js';
import { runScenario } from './run-scenario.js';
import { failures } from './verdict.js';

it.each(MUTANTS)('finds the bug "$mutation.name"', async ({ mutation, scenario, options, ...expected }) => {
  const verdict = await runScenario(scenario, { ...RUN_OPTIONS, ...options, mutation });
  expect(failures(verdict).map(({ what }) => what)).toEqual(expect.arrayContaining([...expected.failures]));
});
