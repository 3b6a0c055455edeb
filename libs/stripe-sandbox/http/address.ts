import type Stripe from 'stripe';
import { object, required, string, text, unsettable, type Params } from './params.js';

/** An address as parameters. */
const addressParams = {
  city: unsettable(string()),
  country: unsettable(string()),
  line1: unsettable(string()),
  line2: unsettable(string()),
  postal_code: unsettable(string()),
  state: unsettable(string()),
};

export const addressParam = () => object(addressParams);

/** A payment's shipping details as parameters. */
export const shippingParams = {
  address: required(addressParam()),
  carrier: string(),
  name: required(text()),
  phone: string(),
  tracking_number: string(),
};

/** An address with every field; those not given are null. */
export function addressFrom(given: Params<typeof addressParams>): Stripe.Address {
  const { city = null, country = null, line1 = null, line2 = null, postal_code = null, state = null } = given;
  return { city, country, line1, line2, postal_code, state };
}
