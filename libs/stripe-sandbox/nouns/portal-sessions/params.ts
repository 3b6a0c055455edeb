import { array, integer, object, oneOf, required, string, url } from '../../http/params.js';

const ofSubscription = object({ subscription: required(string()) });

/** Source: https://docs.stripe.com/customer-management/portal-deep-links. */
const flowData = object({
  after_completion: object({
    hosted_confirmation: object({ custom_message: string({ maxLength: 500 }) }),
    redirect: object({ return_url: required(url()) }),
    type: required(oneOf('hosted_confirmation', 'portal_homepage', 'redirect')),
  }),
  subscription_cancel: ofSubscription,
  subscription_update: ofSubscription,
  subscription_update_confirm: object({
    items: required(
      array(object({ id: required(string()), price: string(), quantity: integer({ min: 0 }) })),
    ),
    subscription: required(string()),
  }),
  type: required(
    oneOf(
      'customer_update',
      'payment_method_update',
      'subscription_cancel',
      'subscription_update',
      'subscription_update_confirm',
    ),
  ),
});

/** Source: https://docs.stripe.com/api/customer_portal/sessions/create. */
export const createParams = {
  configuration: string(),
  customer: required(string()),
  flow_data: flowData,
  locale: string(),
  return_url: url(),
};
