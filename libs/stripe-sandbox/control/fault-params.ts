import { faultKinds, rateLimitReasons, type FaultRule } from '../faults/fault.js';
import { failures } from '../http/errors.js';
import {
  array,
  boolean,
  fraction,
  integer,
  object,
  oneOf,
  required,
  string,
  type Params,
} from '../http/params.js';

/** A fault rule in JSON. */
export const faultRuleParams = {
  method: oneOf('GET', 'POST', 'DELETE'),
  path: string(),
  kinds: required(array(oneOf(...faultKinds))),
  times: integer({ min: 1 }),
  share: fraction(),
  waitMs: integer({ min: 0 }),
  reason: oneOf(...rateLimitReasons),
  shouldRetry: boolean(),
  error: object({
    status: required(integer({ min: 400, max: 599 })),
    type: required(oneOf('api_error', 'card_error', 'idempotency_error', 'invalid_request_error')),
    code: string(),
    decline_code: string(),
    advice_code: string(),
    param: string(),
    message: string(),
  }),
  seed: string(),
};

/** @throws StripeFailure 400 for a rule without a kind, or one that refuses without an error */
export function ruleFrom({ kinds, ...rest }: Params<typeof faultRuleParams>): FaultRule {
  const [first, ...others] = kinds;
  if (!first) throw failures.missing('kinds[0]');
  if (kinds.includes('refuse') && !rest.error) throw failures.missing('error');
  return { ...rest, kinds: [first, ...others] };
}
