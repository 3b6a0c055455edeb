import { metadata } from '../../http/metadata.js';
import { boolean, oneOf, required, string, unsettable } from '../../http/params.js';
import { currencyParam } from '../../money/currencies.js';
import { discountsParam } from '../discounts/params.js';

/** Source: https://docs.stripe.com/api/invoices/create. */
export const createParams = {
  auto_advance: boolean(),
  collection_method: oneOf('charge_automatically'),
  currency: currencyParam(),
  customer: required(string()),
  default_payment_method: unsettable(string()),
  description: string(),
  discounts: discountsParam,
  metadata: metadata(),
  pending_invoice_items_behavior: oneOf('exclude', 'include'),
};

/** Source: https://docs.stripe.com/api/invoices/update. */
export const updateParams = { description: string(), discounts: discountsParam, metadata: metadata() };
