import { metadata } from '../../http/metadata.js';
import { array, boolean, object, oneOf, string, unsettable, url } from '../../http/params.js';
import { automaticPaymentMethods, paymentMethodTypes } from '../intents/params.js';
import { mandateData } from '../mandates/params.js';
import { createParams as paymentMethodParams } from '../payment-methods/params.js';

/** What create, update and confirm accept. */
const setupParams = {
  allowed_payment_method_types: array(string()),
  payment_method: string(),
  payment_method_data: object(paymentMethodParams),
  payment_method_options: object({
    card: object({ request_three_d_secure: oneOf('any', 'automatic', 'challenge') }),
  }),
};

/** What only a confirmation accepts. */
const confirmationParams = {
  mandate_data: unsettable(mandateData()),
  return_url: url(),
  use_stripe_sdk: boolean(),
};

/** Source: https://docs.stripe.com/api/setup_intents/update. */
export const updateParams = {
  ...setupParams,
  customer: string(),
  description: string({ maxLength: 1000 }),
  excluded_payment_method_types: unsettable(array(string())),
  metadata: metadata(),
  payment_method_types: paymentMethodTypes(),
};

/** Source: https://docs.stripe.com/api/setup_intents/create. */
export const createParams = {
  ...updateParams,
  ...confirmationParams,
  automatic_payment_methods: automaticPaymentMethods(),
  confirm: boolean(),
  usage: oneOf('off_session', 'on_session'),
};

/** Source: https://docs.stripe.com/api/setup_intents/confirm. */
export const confirmParams = { ...setupParams, ...confirmationParams };
