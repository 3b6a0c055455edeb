/**
 * Why the sandbox refuses documented parameters, by parameter. A parameter of a single route is `<route> <parameter>`.
 * Each refused parameter has one reason, and each line here is about one that is refused; `npm run sandbox-tables` fails
 * otherwise.
 */
export const REASONS = {
  'Connect: there are no connected accounts': [
    'application_fee',
    'application_fee_amount',
    'application_fee_percent',
    'attach_to_self',
    'connect',
    'customer_account',
    'destination',
    'on_behalf_of',
    'refund_application_fee',
    'reverse_transfer',
    'transfer_data',
    '/v1/payment_methods customer',
    '/v1/payment_methods payment_method',
    '/v1/tokens account',
    '/v1/tokens customer',
    '/v1/tokens person',
    '/v1/tokens pii',
  ],
  'Only cards, SEPA debits and bank transfers': [
    'account_holder_name',
    'account_holder_type',
    'flow_directions',
    'forgive',
    'owner',
    'payment_method_configuration',
    'single_use',
    'us_bank_account',
    '/v1/checkout/sessions wallet_options',
    '/v1/invoices/:invoice/pay mandate',
    '/v1/payment_methods *',
    '/v1/refunds currency',
    '/v1/refunds customer',
    '/v1/refunds origin',
    '/v1/tokens bank_account',
  ],
  'No taxes and no shipping rates': [
    'default_tax_rates',
    'shipping_cost',
    'shipping_options',
    'tax',
    'tax_behavior',
    'tax_code',
    'tax_details',
    'tax_rates',
    '/v1/checkout/sessions tax_id_collection',
    '/v1/invoices/create_preview customer_details',
  ],
  'Prices are per unit, in one currency': [
    'billing_thresholds',
    'currency_options',
    'custom_unit_amount',
    'meter',
    'tiers',
    'tiers_mode',
    'transform_quantity',
    'transform_usage',
    '/v1/promotion_codes/:promotion_code restrictions',
  ],
  'Only what Stripe.js or an app collects': ['confirmation_token', 'cvc_update', 'radar_options'],
  'Details for card networks, payment records and agents': [
    'amount_details',
    'hooks',
    'intended_submission_method',
    'payment_details',
    '/v1/checkout/sessions origin_context',
  ],
  'Only one partial capture, and no partial confirmation': ['amount_to_confirm', 'final_capture'],
  'Only hosted pages, which look the same for everybody': [
    'branding_settings',
    'login_page',
    'permissions',
    'redirect_on_completion',
    '/v1/checkout/sessions return_url',
    '/v1/checkout/sessions/:session collected_information',
    '/v1/checkout/sessions/:session line_items',
    '/v1/checkout/sessions/:session payment_intent_data',
  ],
  'No e-mails': ['email_type'],
  'Not modelled yet': [
    '/v1/billing_portal/sessions after_expiration',
    'billing_schedules',
    'current_trial',
    'default_settings',
    'from_invoice',
    'invoicing_rules',
    'optional_items',
    'pause_schedules',
    'preserve_cancel_date',
    'preview_mode',
    'schedule',
    'schedule_details',
    'validate',
    '/v1/subscriptions/:id/resume payment_behavior',
    '/v1/subscriptions/:id/resume proration_behavior',
    '/v1/subscriptions/:id/resume proration_date',
  ],
};

/** The reasons with what is refused for each. @throws for a parameter without a reason, or a reason without one */
export function reasonsFor(refused) {
  const reasons = new Map(Object.keys(REASONS).map((reason) => [reason, new Set()]));
  const used = new Set();
  for (const { path, name } of refused) {
    const names = [`${path} ${name}`, name, `${path} *`];
    const line = names.find((each) => Object.values(REASONS).some((listed) => listed.includes(each)));
    if (line === undefined)
      throw new Error(`scripts/refused-parameters.js has no reason for ${path} ${name}.`);
    const [reason] = Object.entries(REASONS).find(([, listed]) => listed.includes(line));
    reasons.get(reason).add(line);
    used.add(line);
  }
  const stale = Object.values(REASONS)
    .flat()
    .filter((line) => !used.has(line));
  if (stale.length > 0) throw new Error(`Nothing refuses any more: ${stale.join(', ')}.`);
  return reasons;
}
