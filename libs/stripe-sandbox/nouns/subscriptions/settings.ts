import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import type { Params } from '../../http/params.js';
import { requireOwnPaymentMethod } from '../payment-methods/payment-method.js';
import { requireAccountTaxIds } from '../tax-ids/tax-id.js';
import type { updateParams } from './params.js';
import { readPendingInterval } from './pending-interval.js';

type Settings = Pick<
  Params<typeof updateParams>,
  | 'collection_method'
  | 'days_until_due'
  | 'default_payment_method'
  | 'default_source'
  | 'invoice_settings'
  | 'payment_settings'
  | 'pending_invoice_item_interval'
  | 'trial_settings'
>;

/** What a new subscription has before its parameters. */
export const NEW_SETTINGS = {
  collection_method: 'charge_automatically',
  days_until_due: null,
  default_payment_method: null,
  default_source: null,
  invoice_settings: {
    account_tax_ids: null,
    custom_fields: null,
    description: null,
    footer: null,
    issuer: { type: 'self' },
  },
  payment_settings: {
    payment_method_options: null,
    payment_method_types: null,
    save_default_payment_method: 'off',
  },
  pending_invoice_item_interval: null,
  trial_settings: {
    end_behavior: { billing_cycle_anchor: null, missing_payment_method: 'create_invoice' },
  },
} satisfies Partial<Stripe.Subscription>;

/** The fields of `NEW_SETTINGS`. */
export type SubscriptionSettings = Pick<Stripe.Subscription, keyof typeof NEW_SETTINGS>;

/**
 * The settings of a subscription after a request.
 * Source: https://docs.stripe.com/api/subscriptions/create.
 * @throws StripeFailure 400 for an unknown reference, or days that do not go together with the collection method
 */
export function settingsFrom(
  ctx: Context,
  params: Settings,
  customer: string,
  before: SubscriptionSettings,
): SubscriptionSettings {
  const collection_method = params.collection_method ?? before.collection_method;
  const { issuer: _own, ...invoiceSettings } = params.invoice_settings ?? {};
  const taxIds = invoiceSettings.account_tax_ids;
  if (taxIds) requireAccountTaxIds(ctx, taxIds, 'invoice_settings[account_tax_ids]');
  const own = (name: 'default_payment_method' | 'default_source') =>
    params[name] === undefined
      ? (before[name] as string | null)
      : requireOwnPaymentMethod(ctx, customer, params[name], name);
  return {
    collection_method,
    days_until_due: daysUntilDue(params, collection_method, before),
    default_payment_method: own('default_payment_method'),
    default_source: own('default_source'),
    invoice_settings: { ...before.invoice_settings, ...invoiceSettings },
    payment_settings: { ...before.payment_settings!, ...params.payment_settings },
    pending_invoice_item_interval: readPendingInterval(
      params.pending_invoice_item_interval,
      before.pending_invoice_item_interval,
    ),
    trial_settings: params.trial_settings
      ? {
          end_behavior: {
            ...NEW_SETTINGS.trial_settings.end_behavior,
            ...params.trial_settings.end_behavior,
          },
        }
      : before.trial_settings,
  };
}

function daysUntilDue(
  { days_until_due: given }: Settings,
  collection_method: string,
  before: Pick<Stripe.Subscription, 'days_until_due'>,
): number | null {
  if (collection_method !== 'send_invoice') {
    if (given === undefined) return null;
    throw failures.invalidRequest(
      'You can only set `days_until_due` if the `collection_method` is set to `send_invoice`.',
      { param: 'days_until_due' },
    );
  }
  const days = given ?? before.days_until_due;
  if (days === null) throw failures.missing('days_until_due');
  return days;
}
