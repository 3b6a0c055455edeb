import { metadata } from '../../http/metadata.js';
import {
  boolean,
  integer,
  object,
  onlyBefore,
  oneOf,
  required,
  string,
  timestamp,
} from '../../http/params.js';
import { currencyParam } from '../../money/currencies.js';

/** `coupon` became a `promotion`: https://docs.stripe.com/changelog/clover. */
const CLOVER = '2025-09-30';

/** Source: https://docs.stripe.com/api/promotion_codes/update. */
export const updateParams = { active: boolean(), metadata: metadata() };

/** Source: https://docs.stripe.com/api/promotion_codes/create. */
export const createParams = {
  ...updateParams,
  code: string({ maxLength: 500 }),
  coupon: onlyBefore(CLOVER, string()),
  customer: string(),
  expires_at: timestamp(),
  max_redemptions: integer({ min: 1 }),
  promotion: object({ coupon: string(), type: required(oneOf('coupon')) }),
  restrictions: object({
    first_time_transaction: boolean(),
    minimum_amount: integer({ min: 1 }),
    minimum_amount_currency: currencyParam(),
  }),
};
