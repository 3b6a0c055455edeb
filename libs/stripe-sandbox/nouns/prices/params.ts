import { metadata } from '../../http/metadata.js';
import { array, boolean, decimal, integer, object, oneOf, required, string } from '../../http/params.js';
import { currencyParam } from '../../money/currencies.js';

export const interval = oneOf('day', 'month', 'week', 'year');

const taxBehavior = oneOf('exclusive', 'inclusive', 'unspecified');

const amountParams = {
  currency: required(currencyParam()),
  tax_behavior: taxBehavior,
  unit_amount: integer({ min: 0, max: 999_999_999_999 }),
  unit_amount_decimal: decimal(),
};

const recurringParams = { interval: required(interval), interval_count: integer({ min: 1 }) };

/** `default_price_data` of a product. Source: https://docs.stripe.com/api/products/create. */
export const defaultPriceParams = {
  ...amountParams,
  metadata: metadata(),
  recurring: object(recurringParams),
};

/** `price_data` of a line item. Source: https://docs.stripe.com/api/checkout/sessions/create. */
export const inlinePriceParams = {
  ...amountParams,
  product: string(),
  product_data: object({
    description: string({ maxLength: 40_000 }),
    images: array(string()),
    metadata: metadata(),
    name: required(string()),
    tax_code: string(),
    unit_label: string({ maxLength: 12 }),
  }),
  recurring: object(recurringParams),
};

/** `price_data` of an invoice item. Source: https://docs.stripe.com/api/invoiceitems/create. */
export const itemPriceParams = { ...amountParams, product: required(string()) };

/** `price_data` of a subscription item. Source: https://docs.stripe.com/api/subscriptions/create. */
export const recurringInlinePriceParams = {
  ...amountParams,
  product: required(string()),
  recurring: required(object(recurringParams)),
};

/** A product that is created with its price. Source: https://docs.stripe.com/api/prices/create. */
export const newProductParams = {
  active: boolean(),
  id: string(),
  metadata: metadata(),
  name: required(string()),
  statement_descriptor: string({ maxLength: 22 }),
  tax_code: string(),
  unit_label: string({ maxLength: 12 }),
};

/** Source: https://docs.stripe.com/api/prices/create. The sandbox has no tiers and no metered usage. */
export const createParams = {
  ...amountParams,
  active: boolean(),
  billing_scheme: oneOf('per_unit'),
  lookup_key: string({ maxLength: 200 }),
  metadata: metadata(),
  nickname: string(),
  product: string(),
  product_data: object(newProductParams),
  recurring: object({
    ...recurringParams,
    trial_period_days: integer({ min: 0 }),
    usage_type: oneOf('licensed'),
  }),
  transfer_lookup_key: boolean(),
};

/** Source: https://docs.stripe.com/api/prices/update. */
export const updateParams = {
  active: boolean(),
  lookup_key: string({ maxLength: 200 }),
  metadata: metadata(),
  nickname: string(),
  tax_behavior: taxBehavior,
  transfer_lookup_key: boolean(),
};
