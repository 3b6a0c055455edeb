import { metadata } from '../../http/metadata.js';
import {
  boolean,
  decimal,
  integer,
  object,
  oneOf,
  required,
  string,
  stringOr,
  unsettable,
} from '../../http/params.js';
import { currencyParam } from '../../money/currencies.js';
import { newProductParams } from '../prices/params.js';

/** Source: https://docs.stripe.com/api/plans/create. */
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
  /** The id of a product, or the fields of a new one. */
  product: required(stringOr(object(newProductParams))),
  trial_period_days: integer({ min: 0 }),
  usage_type: oneOf('licensed'),
};

/** Source: https://docs.stripe.com/api/plans/update. */
export const updateParams = {
  active: boolean(),
  metadata: metadata(),
  nickname: string(),
  product: string(),
  trial_period_days: unsettable(integer({ min: 0 })),
};
