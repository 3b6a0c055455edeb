import { shippingParams } from '../../http/address.js';
import { metadata } from '../../http/metadata.js';
import { boolean, email, integer, object, oneOf, required, string } from '../../http/params.js';
import { currencyParam } from '../../money/currencies.js';
import { statementDescriptor, statementDescriptorSuffix } from '../intents/params.js';

/** Source: https://docs.stripe.com/api/charges/create. */
export const createParams = {
  amount: required(integer()),
  capture: boolean(),
  currency: required(currencyParam()),
  customer: string(),
  description: string(),
  metadata: metadata(),
  receipt_email: email(),
  shipping: object(shippingParams),
  source: string(),
  statement_descriptor: statementDescriptor(),
  statement_descriptor_suffix: statementDescriptorSuffix(),
  transfer_group: string(),
};

/** Source: https://docs.stripe.com/api/charges/capture. */
export const captureParams = {
  amount: integer(),
  receipt_email: email(),
  statement_descriptor: statementDescriptor(),
  statement_descriptor_suffix: statementDescriptorSuffix(),
  transfer_group: string(),
};

/** Source: https://docs.stripe.com/api/charges/update. */
export const updateParams = {
  customer: string(),
  description: string(),
  fraud_details: object({ user_report: oneOf('fraudulent', 'safe') }),
  metadata: metadata(),
  receipt_email: string(),
  shipping: object(shippingParams),
  transfer_group: string(),
};
