import { integer, object, string } from '../../http/params.js';

/** Source: https://docs.stripe.com/api/tokens/create_card. Bank accounts, persons and accounts are not for cards. */
export const createParams = {
  card: object({
    address_city: string(),
    address_country: string(),
    address_line1: string(),
    address_line2: string(),
    address_state: string(),
    address_zip: string(),
    cvc: string(),
    exp_month: integer(),
    exp_year: integer(),
    name: string(),
    number: string(),
  }),
};
