import { metadata } from '../../http/metadata.js';
import { array, boolean, integer, object, oneOf, required, string, timestampOr } from '../../http/params.js';
import { omit } from '../../omit.js';
import { billingModeParam, newItemParams } from '../subscriptions/params.js';

const prorationBehavior = oneOf('always_invoice', 'create_prorations', 'none');

const phase = object({
  default_payment_method: string(),
  description: string({ maxLength: 500 }),
  duration: object({
    interval: required(oneOf('day', 'month', 'week', 'year')),
    interval_count: integer({ min: 1 }),
  }),
  end_date: timestampOr('now'),
  items: required(array(object(omit(newItemParams, 'discounts')))),
  /** How often the price is billed, which newer versions express as a `duration`. */
  iterations: integer({ min: 1 }),
  metadata: metadata(),
  proration_behavior: prorationBehavior,
  start_date: timestampOr('now'),
});

/** Source: https://docs.stripe.com/api/subscription_schedules/update. */
export const updateParams = {
  end_behavior: oneOf('cancel', 'release'),
  metadata: metadata(),
  phases: array(phase),
  proration_behavior: prorationBehavior,
};

/** Source: https://docs.stripe.com/api/subscription_schedules/create. */
export const createParams = {
  billing_mode: billingModeParam,
  customer: string(),
  end_behavior: oneOf('cancel', 'release'),
  from_subscription: string(),
  metadata: metadata(),
  phases: array(phase),
  start_date: timestampOr('now'),
};

/** Source: https://docs.stripe.com/api/subscription_schedules/cancel. */
export const cancelParams = { invoice_now: boolean(), prorate: boolean() };
