import { shippingParams } from '../../http/address.js';
import { metadata } from '../../http/metadata.js';
import {
  array,
  boolean,
  email,
  integer,
  object,
  oneOf,
  removed,
  required,
  string,
  timestamp,
} from '../../http/params.js';
import { currencyParam } from '../../money/currencies.js';
import { statementDescriptor, statementDescriptorSuffix } from '../intents/params.js';
import { inlinePriceParams } from '../prices/params.js';

/** Source: https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-line_items. */
export const lineItemParams = {
  metadata: metadata(),
  price: string(),
  price_data: object(inlinePriceParams),
  quantity: integer({ min: 1, max: 999_999 }),
};

/**
 * For a hosted page that accepts cards. Source: https://docs.stripe.com/api/checkout/sessions/create.
 * Endive removed `payment_method_types`:
 * https://docs.stripe.com/changelog/endive/2026-09-30/remove-payment-method-types-checkout-sessions.
 */
export const createParams = {
  allow_promotion_codes: boolean(),
  allowed_payment_method_types: array(string()),
  cancel_url: string(),
  client_reference_id: string({ maxLength: 200 }),
  currency: currencyParam(),
  customer: string(),
  customer_creation: oneOf('always', 'if_required'),
  customer_email: email({ maxLength: 800 }),
  /** The page asks for no addresses. */
  customer_update: object({
    address: oneOf('auto', 'never'),
    name: oneOf('auto', 'never'),
    shipping: oneOf('auto', 'never'),
  }),
  discounts: array(object({ coupon: string(), promotion_code: string() })),
  excluded_payment_method_types: array(string()),
  expires_at: timestamp(),
  line_items: array(object(lineItemParams)),
  locale: string(),
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
