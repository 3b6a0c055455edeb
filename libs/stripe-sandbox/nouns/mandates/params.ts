import { object, oneOf, required, string, timestamp } from '../../http/params.js';

/** Source: https://docs.stripe.com/api/payment_intents/confirm#confirm_payment_intent-mandate_data. */
export const mandateData = () =>
  object({
    customer_acceptance: required(
      object({
        accepted_at: timestamp(),
        offline: object({}),
        online: object({ ip_address: string(), user_agent: string() }),
        type: required(oneOf('offline', 'online')),
      }),
    ),
  });
