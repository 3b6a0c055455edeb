import { metadata } from '../../http/metadata.js';
import { boolean, decimal, integer, oneOf, required, string } from '../../http/params.js';
import { currencyParam } from '../../money/currencies.js';

/** Source: https://docs.stripe.com/api/plans/create, for an existing product. */
export const createParams = {
  active: boolean(),
  amount: integer({ min: 0, max: 999_999_999_999 }),
  amount_decimal: decimal(),
  billing_scheme: oneOf('per_unit'),
  currency: required(currencyParam()),
  id: string(),
  interval: required(oneOf('day', 'month', 'week', 'year')),
  interval_count: integer({ min: 1 }),
  metadata: metadata(),
  nickname: string(),
  product: required(string()),
  trial_period_days: integer({ min: 0 }),
  usage_type: oneOf('licensed'),
};
