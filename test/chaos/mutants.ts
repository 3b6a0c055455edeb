import type { Mutation } from './build.js';
import type { Scenario } from './run-scenario.js';

/**
 * Bugs that the audit must find, because an audit that cannot fail proves nothing. A bug in leases is not among them:
 * Stripe's idempotency key makes two attempts at once harmless. test/operations/ has the specs of leases, and of look-ups
 * 23 hours after the first attempt. That the audit finds nothing without a bug is shown by `npm run chaos`.
 */
export const MUTANTS: [Mutation, Scenario, string[]][] = [
  [
    {
      name: 'a fresh Stripe key for each attempt',
      changes: [
        {
          file: 'operations/operation-identity.js',
          text: 'generation === 1 ? `paydesk-${id}`',
          replacement: 'generation === 1 ? `paydesk-${id}-${Math.random()}`',
        },
      ],
    },
    'charges',
    ['doubled: more than one effect'],
  ],
  [
    {
      name: 'an unknown outcome saved as final',
      changes: [
        {
          file: 'operations/operation-outcome.js',
          text: 'return FINAL_PROBLEMS.has(problem.slug) ||',
          replacement: "return problem.slug === 'outcome-unknown' || FINAL_PROBLEMS.has(problem.slug) ||",
        },
      ],
    },
    'charges',
    ['phantom: an effect that was not reported'],
  ],
  [
    {
      name: 'no reservation of refunds',
      changes: [
        {
          file: 'refunds/refunds.service.js',
          text: 'await this.store.reserve(operationId, payment, requestedMinor)',
          replacement: 'requestedMinor ?? payment.capturedMinor',
        },
      ],
    },
    'refunds',
    ['refunds that Stripe refused'],
  ],
];

/** The size of a run with a bug. */
export const RUN_OPTIONS = {
  seed: 'mutants',
  requests: 60,
  kills: 6,
  instances: 2,
  // Some clients never get a final response.
  giveUpAfterMs: 25_000,
  log: () => undefined,
};
