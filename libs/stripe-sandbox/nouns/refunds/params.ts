import { metadata } from '../../http/metadata.js';
import { email, integer, oneOf, string } from '../../http/params.js';

/** Source: https://docs.stripe.com/api/refunds/create. */
export const createParams = {
  amount: integer({ min: 1 }),
  charge: string(),
  instructions_email: email(),
  metadata: metadata(),
  payment_intent: string(),
  reason: oneOf('duplicate', 'fraudulent', 'requested_by_customer'),
};
