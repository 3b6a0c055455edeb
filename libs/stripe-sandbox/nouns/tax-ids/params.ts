import { oneOf, required, string } from '../../http/params.js';
import { TAX_ID_TYPES } from './types.js';

/** Source: https://docs.stripe.com/api/tax_ids/customer_create. */
export const createParams = { type: required(oneOf(...TAX_ID_TYPES)), value: required(string()) };
