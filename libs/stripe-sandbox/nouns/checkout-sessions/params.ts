import { failures } from '../../http/errors.js';
import { shippingParams } from '../../http/address.js';
import { metadata } from '../../http/metadata.js';
import {
  array,
  boolean,
  email,
  integer,
  object,
  oneOf,
  type Param,
  removed,
  required,
  string,
  timestamp,
  unsettable,
} from '../../http/params.js';
import { currencyParam } from '../../money/currencies.js';
import { automaticTaxParam } from '../accounts/params.js';
import { customerBalanceOptions } from '../cash-balance/params.js';
import { statementDescriptor, statementDescriptorSuffix } from '../intents/params.js';
import { allowRedisplay } from '../payment-methods/params.js';
import { inlinePriceParams } from '../prices/params.js';

/** Source: https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-line_items. */
export const lineItemParams = {
  metadata: metadata(),
  price: string(),
  price_data: object(inlinePriceParams),
  quantity: integer({ min: 1, max: 999_999 }),
};

/** A country by its ISO code. */
const country = (): Param<string> => ({
  isRequired: false,
  read(value, name, options) {
    const code = string().read(value, name, options);
    if (/^[A-Z]{2}$/.test(code)) return code;
    throw failures.invalidRequest(`Invalid country: ${code}. Use a code of ISO 3166-1, such as DE.`, {
      param: name,
    });
  },
});

/** A switch for what the account does not use. */
const notEnabled = (feature: string): Param<false> => ({
  isRequired: false,
  read(value, name, options) {
    if (!boolean().read(value, name, options)) return false;
    throw failures.invalidRequest(`The account does not use ${feature}.`, { param: name });
  },
});

const message = unsettable(object({ message: required(string({ maxLength: 1200 })) }));

const textFieldParams = {
  default_value: string({ maxLength: 255 }),
  maximum_length: integer({ min: 1, max: 255 }),
  minimum_length: integer({ min: 1, max: 255 }),
};

const customFieldParams = {
  dropdown: object({
    default_value: string({ maxLength: 100 }),
    options: required(
      array(
        object({ label: required(string({ maxLength: 100 })), value: required(string({ maxLength: 100 })) }),
      ),
    ),
  }),
  key: required(string({ maxLength: 200 })),
  label: required(object({ custom: required(string({ maxLength: 50 })), type: required(oneOf('custom')) })),
  numeric: object(textFieldParams),
  optional: boolean(),
  text: object(textFieldParams),
  type: required(oneOf('dropdown', 'numeric', 'text')),
};

const nameParams = { enabled: required(boolean()), optional: boolean() };

/** What a session's page asks for and shows. Source: https://docs.stripe.com/api/checkout/sessions/create. */
const pageParams = {
  billing_address_collection: oneOf('auto', 'required'),
  consent_collection: object({
    payment_method_reuse_agreement: object({ position: required(oneOf('auto', 'hidden')) }),
    promotions: oneOf('auto', 'none'),
    terms_of_service: oneOf('none', 'required'),
  }),
  custom_fields: array(object(customFieldParams)),
  custom_text: object({
    after_submit: message,
    shipping_address: message,
    submit: message,
    terms_of_service_acceptance: message,
  }),
  name_collection: object({ business: object(nameParams), individual: object(nameParams) }),
  phone_number_collection: object({ enabled: required(boolean()) }),
  shipping_address_collection: object({ allowed_countries: required(array(country())) }),
};

/** Source: https://docs.stripe.com/payments/checkout/receipts#paid-invoices. */
const invoiceCreationParams = {
  enabled: required(boolean()),
  invoice_data: object({
    custom_fields: unsettable(
      array(
        object({ name: required(string({ maxLength: 40 })), value: required(string({ maxLength: 140 })) }),
      ),
    ),
    description: string({ maxLength: 1500 }),
    footer: string(),
    metadata: metadata(),
  }),
};

/**
 * For a hosted page that accepts cards. Source: https://docs.stripe.com/api/checkout/sessions/create.
 * Endive removed `payment_method_types`:
 * https://docs.stripe.com/changelog/endive/2026-09-30/remove-payment-method-types-checkout-sessions.
 */
export const createParams = {
  ...pageParams,
  adaptive_pricing: object({ enabled: notEnabled('Adaptive Pricing') }),
  after_expiration: object({
    recovery: object({ allow_promotion_codes: boolean(), enabled: required(boolean()) }),
  }),
  allow_promotion_codes: boolean(),
  allowed_payment_method_types: array(string()),
  automatic_tax: automaticTaxParam,
  cancel_url: string(),
  client_reference_id: string({ maxLength: 200 }),
  currency: currencyParam(),
  customer: string(),
  customer_creation: oneOf('always', 'if_required'),
  customer_email: email({ maxLength: 800 }),
  customer_update: object({
    address: oneOf('auto', 'never'),
    name: oneOf('auto', 'never'),
    shipping: oneOf('auto', 'never'),
  }),
  discounts: array(object({ coupon: string(), promotion_code: string() })),
  excluded_payment_method_types: array(string()),
  expires_at: timestamp(),
  integration_identifier: string(),
  invoice_creation: object(invoiceCreationParams),
  line_items: array(object(lineItemParams)),
  locale: string(),
  managed_payments: object({ enabled: notEnabled('Managed Payments') }),
  metadata: metadata(),
  mode: required(oneOf('payment', 'setup', 'subscription')),
  payment_intent_data: object({
    capture_method: oneOf('automatic', 'automatic_async', 'manual'),
    description: string({ maxLength: 1000 }),
    metadata: metadata(),
    receipt_email: email(),
    setup_future_usage: oneOf('off_session', 'on_session'),
    shipping: object(shippingParams),
    statement_descriptor: statementDescriptor(),
    statement_descriptor_suffix: statementDescriptorSuffix(),
  }),
  payment_method_data: object({ allow_redisplay: allowRedisplay }),
  payment_method_options: object({
    card: object({ request_three_d_secure: oneOf('any', 'automatic', 'challenge') }),
    customer_balance: customerBalanceOptions(),
  }),
  payment_method_collection: oneOf('always', 'if_required'),
  payment_method_types: removed(
    '2026-09-30',
    {
      code: 'payment_method_types_no_longer_supported',
      message:
        'The `payment_method_types` parameter is no longer supported. Use `allowed_payment_method_types` or `excluded_payment_method_types` instead.',
    },
    array(string()),
  ),
  saved_payment_method_options: object({
    allow_redisplay_filters: array(allowRedisplay),
    payment_method_remove: oneOf('disabled', 'enabled'),
    payment_method_save: oneOf('disabled', 'enabled'),
  }),
  setup_intent_data: object({ description: string({ maxLength: 1000 }), metadata: metadata() }),
  submit_type: oneOf('auto', 'book', 'donate', 'pay', 'subscribe'),
  subscription_data: object({
    description: string({ maxLength: 500 }),
    metadata: metadata(),
    trial_end: timestamp(),
    trial_period_days: integer({ min: 1, max: 730 }),
  }),
  success_url: required(string()),
  ui_mode: oneOf('hosted_page'),
};

/** Source: https://docs.stripe.com/api/checkout/sessions/update. */
export const updateParams = { metadata: metadata() };
