import { faultKinds, type FaultRule } from '../faults/fault.js';
import { failures } from '../http/errors.js';
import { array, boolean, fraction, integer, oneOf, required, string, type Params } from '../http/params.js';

/** A fault rule in JSON. */
export const faultRuleParams = {
  method: oneOf('GET', 'POST', 'DELETE'),
  path: string(),
  kinds: required(array(oneOf(...faultKinds))),
  times: integer({ min: 1 }),
  share: fraction(),
  waitMs: integer({ min: 0 }),
  shouldRetry: boolean(),
  seed: string(),
};

/** @throws StripeFailure 400 for a rule of no kind */
export function ruleFrom({ kinds, ...rest }: Params<typeof faultRuleParams>): FaultRule {
  const [first, ...others] = kinds;
  if (!first) throw failures.missing('kinds[0]');
  return { ...rest, kinds: [first, ...others] };
}
