import { metadata } from '../../http/metadata.js';
import { array, decimalNumber, integer, object, oneOf, string, timestamp } from '../../http/params.js';
import { currencyParam } from '../../money/currencies.js';

/** Source: https://docs.stripe.com/api/coupons/update. */
export const updateParams = { metadata: metadata(), name: string({ maxLength: 40 }) };

/** Source: https://docs.stripe.com/api/coupons/create. */
export const createParams = {
  ...updateParams,
  amount_off: integer({ min: 1 }),
  applies_to: object({ products: array(string()) }),
  currency: currencyParam(),
  duration: oneOf('forever', 'once', 'repeating'),
  duration_in_months: integer({ min: 1 }),
  id: string(),
  max_redemptions: integer({ min: 1 }),
  percent_off: decimalNumber({ above: 0, max: 100 }),
  redeem_by: timestamp(),
};
