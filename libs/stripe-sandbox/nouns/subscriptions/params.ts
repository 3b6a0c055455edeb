import { metadata } from '../../http/metadata.js';
import {
  array,
  boolean,
  integer,
  object,
  oneOf,
  required,
  string,
  timestamp,
  timestampOr,
  unsettable,
} from '../../http/params.js';
import { currencyParam } from '../../money/currencies.js';
import { automaticTaxParam, ownAccountParam } from '../accounts/params.js';
import { discountsParam, olderDiscountParams } from '../discounts/params.js';
import { customFieldsParam } from '../invoices/params.js';
import { itemPriceParams, recurringInlinePriceParams } from '../prices/params.js';

/** Source: https://docs.stripe.com/api/subscription_items/create. */
export const newItemParams = {
  discounts: discountsParam,
  metadata: metadata(),
  /** The older name of `price`. */
  plan: string(),
  price: string(),
  price_data: object(recurringInlinePriceParams),
  quantity: integer({ min: 0 }),
};

/** The account takes cards only. */
const paymentSettings = object({
  payment_method_types: unsettable(array(oneOf('card', 'sepa_debit'))),
  save_default_payment_method: oneOf('off', 'on_subscription'),
});

const paymentBehavior = oneOf('allow_incomplete', 'default_incomplete', 'error_if_incomplete');
const prorationBehavior = oneOf('always_invoice', 'create_prorations', 'none');

/** Why a customer cancels. */
export const cancellationFeedback = oneOf(
  'customer_service',
  'low_quality',
  'missing_features',
  'other',
  'switched_service',
  'too_complex',
  'too_expensive',
  'unused',
);

const cancellationDetails = object({
  comment: unsettable(string()),
  feedback: unsettable(cancellationFeedback),
});

/** What `billing_mode[flexible]` takes. */
const flexibleOptions = object({ proration_discounts: oneOf('included') });

/** Source: https://docs.stripe.com/billing/subscriptions/billing-mode. */
export const billingModeParam = object({
  flexible: flexibleOptions,
  type: required(oneOf('classic', 'flexible')),
});

/** An item that is sold once. Source: https://docs.stripe.com/api/subscriptions/create. */
export const oneTimeItemParams = {
  discountable: boolean(),
  metadata: metadata(),
  price: string(),
  price_data: object(itemPriceParams),
  quantity: integer({ min: 0 }),
};

/** How a subscription is invoiced, and how its trial ends. */
const settingsParams = {
  add_invoice_items: unsettable(array(object(oneTimeItemParams))),
  automatic_tax: automaticTaxParam,
  collection_method: oneOf('charge_automatically', 'send_invoice'),
  days_until_due: integer({ min: 0 }),
  default_payment_method: unsettable(string()),
  default_source: unsettable(string()),
  invoice_settings: object({
    account_tax_ids: unsettable(array(string())),
    custom_fields: customFieldsParam,
    description: string({ maxLength: 500 }),
    footer: string(),
    issuer: ownAccountParam,
  }),
  payment_settings: paymentSettings,
  pending_invoice_item_interval: unsettable(
    object({
      interval: required(oneOf('day', 'month', 'week', 'year')),
      interval_count: integer({ min: 1 }),
    }),
  ),
  trial_settings: object({
    end_behavior: required(
      object({ missing_payment_method: required(oneOf('cancel', 'create_invoice', 'pause')) }),
    ),
  }),
};

/** Source: https://docs.stripe.com/api/subscriptions/create. */
export const createParams = {
  ...olderDiscountParams,
  ...settingsParams,
  backdate_start_date: timestamp(),
  billing_cycle_anchor: timestamp(),
  billing_cycle_anchor_config: object({
    day_of_month: required(integer({ min: 1, max: 31 })),
    hour: integer({ min: 0, max: 23 }),
    minute: integer({ min: 0, max: 59 }),
    month: integer({ min: 1, max: 12 }),
    second: integer({ min: 0, max: 59 }),
  }),
  billing_mode: billingModeParam,
  cancel_at: timestampOr('min_period_end', 'max_period_end'),
  cancel_at_period_end: boolean(),
  currency: currencyParam(),
  customer: required(string()),
  description: string({ maxLength: 500 }),
  discounts: discountsParam,
  items: required(array(object(newItemParams))),
  metadata: metadata(),
  off_session: boolean(),
  payment_behavior: paymentBehavior,
  proration_behavior: prorationBehavior,
  trial_end: timestampOr('now'),
  trial_from_plan: boolean(),
  trial_period_days: integer({ min: 0, max: 730 }),
};

/** Source: https://docs.stripe.com/api/subscriptions/update. */
export const updateParams = {
  ...olderDiscountParams,
  ...settingsParams,
  billing_cycle_anchor: object({ type: required(oneOf('now', 'unchanged')) }),
  cancel_at: unsettable(timestampOr('min_period_end', 'max_period_end')),
  cancel_at_period_end: boolean(),
  cancellation_details: cancellationDetails,
  description: unsettable(string({ maxLength: 500 })),
  discounts: discountsParam,
  items: array(object({ ...newItemParams, deleted: boolean(), id: string() })),
  metadata: metadata(),
  off_session: boolean(),
  pause_collection: unsettable(
    object({
      behavior: required(oneOf('keep_as_draft', 'mark_uncollectible', 'void')),
      resumes_at: timestamp(),
    }),
  ),
  payment_behavior: paymentBehavior,
  proration_behavior: prorationBehavior,
  proration_date: timestamp(),
  trial_end: timestampOr('now'),
  trial_from_plan: boolean(),
};

/** Source: https://docs.stripe.com/api/subscriptions/migrate. */
export const migrateParams = {
  billing_mode: required(object({ flexible: flexibleOptions, type: required(oneOf('flexible')) })),
};

/** Source: https://docs.stripe.com/api/subscriptions/resume. The billing cycle always begins anew. */
export const resumeParams = { billing_cycle_anchor: oneOf('now') };

/** Source: https://docs.stripe.com/api/subscriptions/cancel. */
export const cancelParams = {
  cancellation_details: cancellationDetails,
  invoice_now: boolean(),
  prorate: boolean(),
};
