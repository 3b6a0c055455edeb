import fc from 'fast-check';
import type { FaultKind } from '#sandbox/faults/fault.js';

/** Something that happens to two charges, each sent under a key of its own: one that works, one that is declined. */
export type Step =
  | { does: 'send' | 'send twice' | 'send changed'; charge: number }
  | { does: 'fail'; kind: FaultKind; calls: number }
  | { does: 'recover' }
  | { does: 'work' }
  | { does: 'wait'; seconds: number };

const HOUR = 60 * 60;
/** Within a lease, past it, past the worker's longest wait, and on either side of a day. */
const WAITS_SECONDS = [1, 16, 40, 22 * HOUR, 23 * HOUR, 25 * HOUR];
const KINDS: FaultKind[] = [
  'reset_before_effect',
  'reset_after_effect',
  'error_before_effect',
  'error_after_effect',
  'error_then_effect',
  'rate_limit',
  'lock_timeout',
  'half_body',
  'bad_json',
];
const STEPS_MAX = 10;

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: send('send') },
  { weight: 2, arbitrary: send('send twice') },
  { weight: 1, arbitrary: send('send changed') },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('fail' as const),
      kind: fc.constantFrom(...KINDS),
      calls: fc.integer({ min: 1, max: 5 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ does: 'recover' as const }) },
  { weight: 2, arbitrary: fc.constant({ does: 'work' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant('wait' as const), seconds: fc.constantFrom(...WAITS_SECONDS) }),
  },
);

/** What may happen, in any order. */
export const schedule: fc.Arbitrary<Step[]> = fc.array(step, { minLength: 1, maxLength: STEPS_MAX });

function send<Does extends 'send' | 'send twice' | 'send changed'>(does: Does) {
  return fc.record({ does: fc.constant(does), charge: fc.integer({ min: 0, max: 1 }) });
}
