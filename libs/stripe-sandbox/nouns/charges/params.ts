import { shippingParams } from '../../http/address.js';
import { metadata } from '../../http/metadata.js';
import { object, oneOf, string } from '../../http/params.js';

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
