import { addressParam } from '../../http/address.js';
import { metadata } from '../../http/metadata.js';
import { email, integer, object, oneOf, required, string, unsettable } from '../../http/params.js';

export const allowRedisplay = oneOf('always', 'limited', 'unspecified');

const billingDetails = object({
  address: unsettable(addressParam()),
  email: unsettable(email()),
  name: unsettable(string()),
  phone: unsettable(string()),
  tax_id: string(),
});

/** Source: https://docs.stripe.com/api/payment_methods/create. */
export const createParams = {
  allow_redisplay: allowRedisplay,
  billing_details: billingDetails,
  card: object({
    cvc: string(),
    exp_month: integer(),
    exp_year: integer(),
    number: string(),
    token: string(),
  }),
  customer_balance: object({}),
  metadata: metadata(),
  sepa_debit: object({ iban: required(string()) }),
  type: string(),
};

/** Source: https://docs.stripe.com/api/payment_methods/update. */
export const updateParams = {
  allow_redisplay: allowRedisplay,
  billing_details: billingDetails,
  card: object({ exp_month: integer({ min: 1, max: 12 }), exp_year: integer() }),
  metadata: metadata(),
};
