import { array, object, oneOf, required, string } from '../../http/params.js';
import { currencyParam } from '../../money/currencies.js';
import { automaticTaxParam, ownAccountParam } from '../accounts/params.js';
import { discountsParam } from '../discounts/params.js';
import { previewItemParams } from '../invoice-items/params.js';
import { updateParams as subscriptionParams } from '../subscriptions/params.js';

/** The changes of a subscription that an invoice can be previewed with. */
const { billing_cycle_anchor, items, proration_behavior, proration_date, trial_end } = subscriptionParams;
const { cancel_at, cancel_at_period_end } = subscriptionParams;

/** Source: https://docs.stripe.com/api/invoices/create_preview. */
export const previewParams = {
  automatic_tax: automaticTaxParam,
  currency: currencyParam(),
  customer: string(),
  discounts: discountsParam,
  invoice_items: array(object(previewItemParams)),
  issuer: ownAccountParam,
  subscription: string(),
  subscription_details: object({
    billing_cycle_anchor,
    billing_mode: object({ type: required(oneOf('classic', 'flexible')) }),
    cancel_at,
    cancel_at_period_end,
    items,
    proration_behavior,
    proration_date,
    trial_end,
  }),
};

/** The older route's parameters. Source: https://docs.stripe.com/api/invoices/upcoming?api-version=2025-02-24.acacia. */
export const upcomingParams = {
  ...previewParams,
  subscription_items: items,
  subscription_proration_behavior: proration_behavior,
  subscription_proration_date: proration_date,
  subscription_trial_end: trial_end,
};
