import { expect, it } from 'vitest';
import type { Mutation } from './build.js';
import { runScenario, type Scenario } from './run-scenario.js';
import { failures } from './verdict.js';

/**
 * A harness that can't fail proves nothing: each of these breaks a promise, and has to be noticed. A lease that nobody
 * respects doubles nothing, as Stripe's key makes two attempts at once harmless; it only keeps operations from ending.
 * test/operations/ holds leases, and what is done 23 hours after the first attempt.
 */
const MUTANTS: [Mutation, Scenario, string[]][] = [
  [
    {
      name: 'a fresh Stripe key for each attempt',
      file: 'operations/operation-identity.js',
      text: 'generation === 1 ? `paydesk-${id}`',
      replacement: 'generation === 1 ? `paydesk-${id}-${Math.random()}`',
    },
    'charges',
    ['doubled: more than one effect'],
  ],
  [
    {
      name: 'an unknown outcome saved as final',
      file: 'operations/operation-outcome.js',
      text: 'return FINAL_PROBLEMS.has(problem.slug) ||',
      replacement: "return problem.slug === 'outcome-unknown' || FINAL_PROBLEMS.has(problem.slug) ||",
    },
    'charges',
    ['phantom: an effect, not told as done'],
  ],
  [
    {
      name: 'no reservation of refunds',
      file: 'refunds/refunds.service.js',
      text: 'await this.store.reserve(operationId, payment, requestedMinor)',
      replacement: 'requestedMinor ?? payment.capturedMinor',
    },
    'refunds',
    ['Stripe asked for more than was left'],
  ],
];

const HARDSHIP = { seed: 'mutants', requests: 60, kills: 6, instances: 2, log: () => undefined };
/** Enough without a mutation; with one, some clients never get an answer. */
const PATIENCE_MS = 120_000;
const PATIENCE_WITH_MUTANTS_MS = 25_000;

it.each(MUTANTS)('notices $name', async (mutation, scenario, noticed) => {
  const patienceMs = PATIENCE_WITH_MUTANTS_MS;
  const verdict = await runScenario(scenario, { ...HARDSHIP, patienceMs, mutation });
  expect(failures(verdict).map(({ what }) => what)).toEqual(expect.arrayContaining(noticed));
});

it.each<Scenario>(['charges', 'refunds'])('is content with %s as they are', async (scenario) => {
  const verdict = await runScenario(scenario, { ...HARDSHIP, patienceMs: PATIENCE_MS });
  expect(failures(verdict)).toEqual([]);
});
