import { metadata } from '../../http/metadata.js';
import {
  boolean,
  decimal,
  integer,
  object,
  onlyBefore,
  required,
  string,
  timestamp,
  unsettable,
} from '../../http/params.js';
import { currencyParam } from '../../money/currencies.js';
import { discountsParam } from '../discounts/params.js';
import { itemPriceParams } from '../prices/params.js';

/** `price` became `pricing[price]`: https://docs.stripe.com/changelog/basil/2025-03-31/invoice-pricing-configurations. */
const BASIL = '2025-03-31';

const period = object({ end: required(timestamp()), start: required(timestamp()) });

/** What an item costs: one of an amount, a unit amount, a price and a `price_data`. */
const costParams = {
  amount: integer(),
  price_data: object(itemPriceParams),
  quantity: integer({ min: 0 }),
  quantity_decimal: decimal({ min: 0 }),
  unit_amount_decimal: decimal(),
};

const pricingParams = {
  price: onlyBefore(BASIL, string()),
  pricing: object({ price: string() }),
  unit_amount: onlyBefore(BASIL, integer()),
};

/** Source: https://docs.stripe.com/api/invoiceitems/update. */
export const updateParams = {
  ...costParams,
  ...pricingParams,
  description: unsettable(string()),
  discountable: boolean(),
  discounts: discountsParam,
  metadata: metadata(),
  period,
};

/** Source: https://docs.stripe.com/api/invoiceitems/create. */
export const createParams = {
  ...updateParams,
  currency: currencyParam(),
  customer: string(),
  description: string(),
  invoice: string(),
  subscription: string(),
};

/** `invoice_items` of a preview. Source: https://docs.stripe.com/api/invoices/create_preview. */
export const previewItemParams = {
  ...costParams,
  currency: currencyParam(),
  description: string(),
  discountable: boolean(),
  metadata: metadata(),
  period,
  price: string(),
  unit_amount: integer(),
};
