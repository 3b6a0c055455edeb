import { required, string, timestamp } from '../../http/params.js';

/** Source: https://docs.stripe.com/api/test_clocks/create. */
export const createParams = {
  customer: string(),
  frozen_time: required(timestamp()),
  name: string({ maxLength: 300 }),
};
