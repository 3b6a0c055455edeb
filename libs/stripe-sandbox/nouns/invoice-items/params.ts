import { metadata } from '../../http/metadata.js';
import { integer, required, string } from '../../http/params.js';
import { currencyParam } from '../../money/currencies.js';

/** Source: https://docs.stripe.com/api/invoiceitems/create. The sandbox accepts an amount only, no price or invoice. */
export const createParams = {
  amount: required(integer()),
  currency: currencyParam(),
  customer: required(string()),
  description: string(),
  metadata: metadata(),
};
