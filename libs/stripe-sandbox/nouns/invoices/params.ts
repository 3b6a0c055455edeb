import { metadata } from '../../http/metadata.js';
import {
  array,
  boolean,
  integer,
  object,
  oneOf,
  required,
  string,
  timestamp,
  unsettable,
} from '../../http/params.js';
import { currencyParam } from '../../money/currencies.js';
import { discountsParam } from '../discounts/params.js';

/** What an invoice shows besides its lines. Source: https://docs.stripe.com/api/invoices/create. */
const customFields = unsettable(
  array(object({ name: required(string({ maxLength: 40 })), value: required(string({ maxLength: 140 })) })),
);

/** Source: https://docs.stripe.com/api/invoices/create. */
export const createParams = {
  auto_advance: boolean(),
  collection_method: oneOf('charge_automatically', 'send_invoice'),
  currency: currencyParam(),
  custom_fields: customFields,
  customer: required(string()),
  days_until_due: integer({ min: 0 }),
  default_payment_method: unsettable(string()),
  description: string(),
  discounts: discountsParam,
  due_date: timestamp(),
  footer: string(),
  metadata: metadata(),
  pending_invoice_items_behavior: oneOf('exclude', 'include'),
};

/** Source: https://docs.stripe.com/api/invoices/update. */
export const updateParams = {
  custom_fields: customFields,
  description: string(),
  discounts: discountsParam,
  footer: string(),
  metadata: metadata(),
};
