import { shippingParams } from '../../http/address.js';
import { metadata } from '../../http/metadata.js';
import {
  array,
  boolean,
  email,
  integer,
  object,
  oneOf,
  required,
  string,
  unsettable,
  url,
} from '../../http/params.js';
import { currencyParam } from '../../money/currencies.js';
import { customerBalanceOptions } from '../cash-balance/params.js';
import {
  automaticPaymentMethods,
  offSession,
  paymentMethodTypes,
  statementDescriptor,
  statementDescriptorSuffix,
} from '../intents/params.js';
import { mandateData } from '../mandates/params.js';
import { createParams as paymentMethodParams } from '../payment-methods/params.js';

/** What create, update and confirm accept. */
const paymentParams = {
  allowed_payment_method_types: array(string()),
  capture_method: oneOf('automatic', 'automatic_async', 'manual'),
  excluded_payment_method_types: unsettable(array(string())),
  payment_method: string(),
  payment_method_data: object(paymentMethodParams),
  payment_method_options: object({
    card: object({
      capture_method: unsettable(oneOf('manual')),
      request_three_d_secure: oneOf('any', 'automatic', 'challenge'),
      setup_future_usage: unsettable(oneOf('none', 'off_session', 'on_session')),
    }),
    customer_balance: customerBalanceOptions(),
    sepa_debit: object({ setup_future_usage: unsettable(oneOf('none', 'off_session', 'on_session')) }),
  }),
  payment_method_types: paymentMethodTypes(),
  receipt_email: unsettable(email()),
  setup_future_usage: unsettable(oneOf('off_session', 'on_session')),
  shipping: unsettable(object(shippingParams)),
};

/** What only a confirmation accepts. */
const confirmationParams = {
  error_on_requires_action: boolean(),
  mandate: string(),
  mandate_data: unsettable(mandateData()),
  off_session: offSession(),
  return_url: url(),
  use_stripe_sdk: boolean(),
};

/** What create and update accept, but confirm does not. */
const descriptionParams = {
  customer: string(),
  description: string({ maxLength: 1000 }),
  metadata: metadata(),
  statement_descriptor: statementDescriptor(),
  statement_descriptor_suffix: statementDescriptorSuffix(),
  transfer_group: string(),
};

/** Source: https://docs.stripe.com/api/payment_intents/create. */
export const createParams = {
  ...paymentParams,
  ...confirmationParams,
  ...descriptionParams,
  amount: required(integer()),
  automatic_payment_methods: automaticPaymentMethods(),
  confirm: boolean(),
  confirmation_method: oneOf('automatic', 'manual'),
  currency: required(currencyParam()),
};

/** Source: https://docs.stripe.com/api/payment_intents/update. */
export const updateParams = {
  ...paymentParams,
  ...descriptionParams,
  amount: integer(),
  currency: currencyParam(),
};

/** Source: https://docs.stripe.com/api/payment_intents/confirm. */
export const confirmParams = { ...paymentParams, ...confirmationParams };

/** Source: https://docs.stripe.com/api/payment_intents/capture. */
export const captureParams = {
  amount_to_capture: integer(),
  metadata: metadata(),
  statement_descriptor: statementDescriptor(),
  statement_descriptor_suffix: statementDescriptorSuffix(),
};
