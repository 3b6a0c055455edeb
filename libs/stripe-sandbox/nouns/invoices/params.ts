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
import { addressParam } from '../../http/address.js';
import { currencyParam } from '../../money/currencies.js';
import { automaticTaxParam, ownAccountParam } from '../accounts/params.js';
import { discountsParam } from '../discounts/params.js';
import { invoiceStatementDescriptor } from '../intents/params.js';

/** What an invoice shows besides its lines. Source: https://docs.stripe.com/api/invoices/create. */
export const customFieldsParam = unsettable(
  array(object({ name: required(string({ maxLength: 40 })), value: required(string({ maxLength: 140 })) })),
);

const shippingDetails = object({
  address: required(addressParam()),
  name: required(string()),
  phone: unsettable(string()),
});

/** Source: https://docs.stripe.com/api/invoices/update. */
export const updateParams = {
  account_tax_ids: unsettable(array(string())),
  auto_advance: boolean(),
  automatic_tax: automaticTaxParam,
  automatically_finalizes_at: timestamp(),
  collection_method: oneOf('charge_automatically', 'send_invoice'),
  custom_fields: customFieldsParam,
  days_until_due: integer({ min: 0 }),
  default_payment_method: unsettable(string()),
  default_source: unsettable(string()),
  description: string(),
  discounts: discountsParam,
  due_date: timestamp(),
  effective_at: unsettable(timestamp()),
  footer: string(),
  issuer: ownAccountParam,
  metadata: metadata(),
  number: unsettable(string({ maxLength: 26 })),
  /** The account takes cards only. */
  payment_settings: object({ payment_method_types: unsettable(array(oneOf('card', 'sepa_debit'))) }),
  rendering: object({
    amount_tax_display: unsettable(oneOf('exclude_tax', 'include_inclusive_tax')),
    pdf: object({ page_size: oneOf('a4', 'auto', 'letter') }),
  }),
  shipping_details: unsettable(shippingDetails),
  statement_descriptor: invoiceStatementDescriptor(),
};

/** Source: https://docs.stripe.com/api/invoices/create. */
export const createParams = {
  ...updateParams,
  currency: currencyParam(),
  customer: required(string()),
  pending_invoice_items_behavior: oneOf('exclude', 'include'),
  subscription: string(),
};

/** Source: https://docs.stripe.com/api/invoices/pay. */
export const payParams = {
  off_session: boolean(),
  paid_out_of_band: boolean(),
  payment_method: string(),
  source: string(),
};

/** Source: https://docs.stripe.com/api/invoices/finalize. */
export const finalizeParams = { auto_advance: boolean() };
