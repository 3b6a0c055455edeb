import { addressParam } from '../../http/address.js';
import { metadata } from '../../http/metadata.js';
import { cashBalanceParam } from '../cash-balance/params.js';
import { createParams as taxIdParams } from '../tax-ids/params.js';
import { array, email, integer, object, oneOf, required, string, unsettable } from '../../http/params.js';

import { olderDiscountParams } from '../discounts/params.js';

/** What customers are created and updated with. */
const commonParams = {
  ...olderDiscountParams,
  address: unsettable(addressParam()),
  balance: integer(),
  cash_balance: cashBalanceParam(),
  business_name: unsettable(string({ maxLength: 150 })),
  description: unsettable(string()),
  email: unsettable(email()),
  individual_name: unsettable(string({ maxLength: 150 })),
  invoice_prefix: string({ maxLength: 12 }),
  invoice_settings: object({
    custom_fields: unsettable(array(object({ name: required(string()), value: required(string()) }))),
    default_payment_method: unsettable(string()),
    footer: unsettable(string()),
    rendering_options: unsettable(
      object({
        amount_tax_display: unsettable(oneOf('exclude_tax', 'include_inclusive_tax')),
        template: unsettable(string()),
      }),
    ),
  }),
  metadata: metadata(),
  name: unsettable(string({ maxLength: 256 })),
  next_invoice_sequence: integer({ min: 1 }),
  phone: unsettable(string({ maxLength: 20 })),
  preferred_locales: array(string()),
  shipping: unsettable(
    object({
      address: required(addressParam()),
      name: required(string()),
      phone: unsettable(string()),
    }),
  ),
  /** A token; other sources are refused. */
  source: string(),
  tax_exempt: unsettable(oneOf('none', 'exempt', 'reverse')),
};

/** Source: https://docs.stripe.com/api/customers/update. */
export const updateParams = { ...commonParams, default_source: string() };

/** Source: https://docs.stripe.com/api/customers/create. */
export const createParams = {
  ...commonParams,
  /** Undocumented since 2014, and still accepted: https://github.com/stripe/stripe-node/pull/968. */
  id: string(),
  payment_method: string(),
  tax_id_data: array(object(taxIdParams)),
  test_clock: string(),
};

/** Source: https://docs.stripe.com/api/cards/create, for a token. */
export const createSourceParams = { metadata: metadata(), source: required(string()) };

/** Source: https://docs.stripe.com/api/cards/update. */
export const updateSourceParams = {
  address_city: string(),
  address_country: string(),
  address_line1: string(),
  address_line2: string(),
  address_state: string(),
  address_zip: string(),
  exp_month: integer({ min: 1, max: 12 }),
  exp_year: integer(),
  metadata: metadata(),
  name: string(),
};
