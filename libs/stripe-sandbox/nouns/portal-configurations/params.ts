import { metadata } from '../../http/metadata.js';
import {
  array,
  boolean,
  integer,
  object,
  oneOf,
  required,
  string,
  unsettable,
  url,
} from '../../http/params.js';
import { cancellationFeedback } from '../subscriptions/params.js';

const updatable = oneOf('address', 'email', 'name', 'phone', 'shipping');

const customerUpdate = { allowed_updates: unsettable(array(updatable)) };

const subscriptionCancel = {
  cancellation_reason: object({
    enabled: required(boolean()),
    options: unsettable(array(cancellationFeedback)),
  }),
  mode: oneOf('at_period_end', 'immediately'),
  proration_behavior: oneOf('always_invoice', 'create_prorations', 'none'),
};

const subscriptionUpdate = {
  billing_cycle_anchor: oneOf('now', 'unchanged'),
  default_allowed_updates: unsettable(array(oneOf('price', 'quantity'))),
  products: unsettable(
    array(
      object({
        adjustable_quantity: object({
          enabled: required(boolean()),
          maximum: integer({ min: 1 }),
          minimum: integer({ min: 0 }),
        }),
        prices: required(array(string())),
        product: required(string()),
      }),
    ),
  ),
  proration_behavior: oneOf('always_invoice', 'create_prorations', 'none'),
  trial_update_behavior: oneOf('continue_trial', 'end_trial'),
};

const enabled = boolean();
const switchOnly = object({ enabled: required(enabled) });

const shared = {
  business_profile: object({
    headline: unsettable(string({ maxLength: 60 })),
    privacy_policy_url: unsettable(url()),
    terms_of_service_url: unsettable(url()),
  }),
  default_return_url: unsettable(url()),
  metadata: metadata(),
  name: unsettable(string()),
};

/** Source: https://docs.stripe.com/api/customer_portal/configurations/create. */
export const createParams = {
  ...shared,
  features: required(
    object({
      customer_update: object({ ...customerUpdate, enabled: required(enabled) }),
      invoice_history: switchOnly,
      payment_method_update: switchOnly,
      subscription_cancel: object({ ...subscriptionCancel, enabled: required(enabled) }),
      subscription_update: object({ ...subscriptionUpdate, enabled: required(enabled) }),
    }),
  ),
};

/** Source: https://docs.stripe.com/api/customer_portal/configurations/update. */
export const updateParams = {
  ...shared,
  active: boolean(),
  features: object({
    customer_update: object({ ...customerUpdate, enabled }),
    invoice_history: switchOnly,
    payment_method_update: switchOnly,
    subscription_cancel: object({ ...subscriptionCancel, enabled }),
    subscription_update: object({ ...subscriptionUpdate, enabled }),
  }),
};
