import { array, object, onlyBefore, string, unsettable } from '../../http/params.js';

/** The older parameters: https://docs.stripe.com/changelog/basil/2025-03-31/deprecate-singular-coupon-promotion-code. */
const BASIL = '2025-03-31';

/** What `discounts` takes; an empty string removes all. */
export const discountsParam = unsettable(
  array(object({ coupon: string(), discount: string(), promotion_code: string() })),
);

/** The discount that older versions give to a customer or subscription. */
export const olderDiscountParams = {
  coupon: onlyBefore(BASIL, unsettable(string())),
  promotion_code: onlyBefore(BASIL, unsettable(string())),
};
