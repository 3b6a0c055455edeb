import type Stripe from 'stripe';
import type { ProblemSlug } from '#core/problem.js';

/** Every code in Stripe's API reference; stripe-node's type also allows codes that it does not know yet. */
export type StripeErrorCode = Published<Stripe.PaymentIntent.LastPaymentError.Code>;
type Published<Code extends string> = Code extends Code ? (string extends Code ? never : Code) : never;

/** Codes that Stripe answers with and that its API reference does not list. */
type UnpublishedCode =
  'payment_method_types_no_longer_supported' | 'subscription_payment_intent_requires_action';

/**
 * The problem for each of Stripe's error codes, by what the caller has to do about it.
 * `docs/stripe-errors.md` is generated from this table. Source: https://docs.stripe.com/error-codes
 */
export const CODES_BY_PROBLEM = {
  'card-declined': [
    'authentication_failure',
    'billing_invalid_mandate',
    'card_decline_rate_limit_exceeded',
    'card_declined',
    'debit_not_authorized',
    'expired_card',
    'incorrect_address',
    'incorrect_cvc',
    'incorrect_number',
    'incorrect_postal_code',
    'incorrect_zip',
    'india_recurring_payment_mandate_canceled',
    'insufficient_funds',
    'invalid_cvc',
    'invalid_expiry_month',
    'invalid_expiry_year',
    'invalid_number',
    'payment_intent_authentication_failure',
    'payment_intent_mandate_invalid',
    'payment_intent_payment_attempt_expired',
    'payment_intent_payment_attempt_failed',
    'payment_method_customer_decline',
    'payment_method_provider_decline',
    'payment_method_provider_timeout',
    'processing_error',
    'refer_to_customer',
    'setup_attempt_failed',
    'setup_intent_authentication_failure',
    'setup_intent_mandate_invalid',
    'setup_intent_setup_attempt_expired',
    'three_d_secure_authentication_not_supported',
    'three_d_secure_authentication_upstream_error',
  ],
  'authentication-required': [
    'authentication_required',
    'invoice_payment_intent_requires_action',
    'payment_intent_action_required',
    'subscription_payment_intent_requires_action',
  ],
  'amount-out-of-range': [
    'amount_too_large',
    'amount_too_small',
    'charge_exceeds_source_limit',
    'charge_exceeds_transaction_limit',
    'invalid_charge_amount',
  ],
  'currency-mismatch': ['payment_method_currency_mismatch'],
  'customer-details-required': [
    'customer_tax_location_invalid',
    'invalid_tax_location',
    'payment_method_billing_details_address_missing',
    'postal_code_invalid',
    'shipping_address_invalid',
  ],
  'payment-method-unusable': [
    'expired_payment_method',
    'invalid_card_type',
    'invalid_source_usage',
    'missing',
    'payment_intent_incompatible_payment_method',
    'payment_method_not_available',
    'payment_method_restricted',
    'payment_method_unexpected_state',
    'payment_method_unsupported_type',
    'setup_intent_mobile_wallet_unsupported',
    'token_already_used',
    'token_in_use',
  ],
  'item-unavailable': ['coupon_expired', 'out_of_inventory', 'product_inactive', 'sku_inactive'],
  'url-invalid': ['url_invalid'],
  'value-not-accepted': ['email_invalid', 'invalid_characters'],
  'limit-reached': [
    'customer_max_payment_methods',
    'customer_max_subscriptions',
    'payment_intent_rate_limit_exceeded',
  ],
  'refund-not-possible': [
    'charge_already_refunded',
    'charge_disputed',
    'charge_not_refundable',
    'refund_disputed_payment',
  ],
  'invalid-state': [
    'capture_charge_authorization_expired',
    'capture_unauthorized_payment',
    'charge_already_captured',
    'charge_expired_for_capture',
    'intent_invalid_state',
    'invalid_canceled_subscription_fields',
    'invoice_not_editable',
    'payment_intent_unexpected_state',
    'setup_intent_unexpected_state',
    'status_transition_invalid',
  ],
  'insufficient-balance': ['balance_insufficient'],
  // Stripe carries out the request itself once a person approves it: https://docs.stripe.com/account/approvals
  'needs-review': ['approval_required'],
  'provider-busy': ['lock_timeout', 'rate_limit'],
  // Our lease allows one attempt at a time, so Stripe is still working on one that we have given up.
  'outcome-unknown': ['idempotency_key_in_use'],
  'provider-misconfigured': [
    'account_invalid',
    'anomalous_money_movement_request',
    'api_key_expired',
    'capability_not_active',
    'livemode_mismatch',
    'not_allowed_on_standard_account',
    'payment_method_configuration_failures',
    'payment_method_unactivated',
    'platform_account_required',
    'platform_api_key_expired',
    'secret_key_required',
    'stripe_tax_inactive',
    'testmode_charges_only',
    'tls_version_unsupported',
  ],
  // Our own request is wrong: Stripe cannot read it, or it names an object that we should have checked.
  'internal-error': [
    'charge_invalid_parameter',
    'parameter_invalid_empty',
    'parameter_invalid_integer',
    'parameter_invalid_string_blank',
    'parameter_invalid_string_empty',
    'parameter_missing',
    'parameter_unknown',
    'parameters_exclusive',
    'payment_intent_invalid_parameter',
    'payment_method_invalid_parameter',
    'payment_method_invalid_parameter_testmode',
    'payment_method_types_no_longer_supported',
    'resource_already_exists',
    'resource_missing',
    'setup_intent_invalid_parameter',
  ],
  // None of our calls is expected to meet these: bank accounts, Connect, payouts, Tax, Terminal, Treasury and others.
  'provider-refused': [
    'account_closed',
    'account_country_invalid_address',
    'account_error_country_change_requires_additional_steps',
    'account_information_mismatch',
    'account_number_invalid',
    'account_token_required_for_v2_account',
    'acss_debit_session_incomplete',
    'action_blocked',
    'alipay_upgrade_required',
    'application_fees_not_allowed',
    'balance_invalid_parameter',
    'bank_account_bad_routing_numbers',
    'bank_account_declined',
    'bank_account_exists',
    'bank_account_restricted',
    'bank_account_unusable',
    'bank_account_unverified',
    'bank_account_verification_failed',
    'bitcoin_upgrade_required',
    'cardholder_phone_number_required',
    'clearing_code_unsupported',
    'country_code_invalid',
    'country_unsupported',
    'customer_session_expired',
    'dispute_evidence_page_limit_exceeded',
    'failed_tax_calculation',
    'financial_account_balance_does_not_support_currency',
    'financial_account_capability_not_enabled',
    'financial_account_capability_restricted',
    'financial_connections_account_inactive',
    'financial_connections_account_pending_account_numbers',
    'financial_connections_account_unavailable_account_numbers',
    'financial_connections_consent_locale_invalid',
    'financial_connections_consent_locale_unsupported',
    'financial_connections_no_successful_transaction_refresh',
    'forwarding_api_inactive',
    'forwarding_api_invalid_parameter',
    'forwarding_api_retryable_upstream_error',
    'forwarding_api_upstream_connection_error',
    'forwarding_api_upstream_connection_timeout',
    'forwarding_api_upstream_error',
    'instant_payouts_config_disabled',
    'instant_payouts_currency_disabled',
    'instant_payouts_limit_exceeded',
    'instant_payouts_unsupported',
    'intent_verification_method_missing',
    'invalid_mandate_reference_prefix_format',
    'invoice_no_customer_line_items',
    'invoice_no_payment_method_types',
    'invoice_no_subscription_line_items',
    'invoice_on_behalf_of_not_editable',
    'invoice_upcoming_none',
    'no_account',
    'ownership_declaration_not_allowed',
    'payment_evaluation_on_api_version_not_supported',
    'payment_intent_konbini_rejected_confirmation_number',
    'payment_method_bank_account_already_verified',
    'payment_method_bank_account_blocked',
    'payment_method_microdeposit_failed',
    'payment_method_microdeposit_processing_error',
    'payment_method_microdeposit_verification_amounts_invalid',
    'payment_method_microdeposit_verification_amounts_mismatch',
    'payment_method_microdeposit_verification_attempts_exceeded',
    'payment_method_microdeposit_verification_descriptor_code_mismatch',
    'payment_method_microdeposit_verification_timeout',
    'payout_reconciliation_not_ready',
    'payouts_limit_exceeded',
    'payouts_not_allowed',
    'progressive_onboarding_limit_exceeded',
    'request_blocked',
    'return_intent_already_processed',
    'routing_number_invalid',
    'sepa_unsupported_account',
    'service_period_coupon_with_metered_tiered_item_unsupported',
    'shipping_calculation_failed',
    'siret_invalid',
    'smart_disputes_not_available',
    'state_unsupported',
    'storer_capability_missing',
    'storer_capability_not_active',
    'subscription_update_trial_after_billing_cycle_anchor',
    'tax_id_invalid',
    'tax_id_prohibited',

    'taxes_calculation_failed',
    'terminal_location_country_unsupported',
    'terminal_reader_busy',
    'terminal_reader_hardware_fault',
    'terminal_reader_invalid_location_for_activation',
    'terminal_reader_invalid_location_for_payment',
    'terminal_reader_offline',
    'terminal_reader_timeout',
    'token_card_network_invalid',
    'transfer_source_balance_parameters_mismatch',
    'transfers_not_allowed',
  ],
} as const satisfies Partial<Record<ProblemSlug, readonly (StripeErrorCode | UnpublishedCode)[]>>;

type ListedCode = (typeof CODES_BY_PROBLEM)[keyof typeof CODES_BY_PROBLEM][number];
/** Published codes that the table does not have: none. A new version of stripe-node may bring some. */
export type UnlistedCode = Exclude<StripeErrorCode, ListedCode>;

/**
 * Refusals to which Stripe gives no code, recognized by a part of the message that has stayed the same for years.
 * A message that Stripe rewords becomes `provider-refused`, which is final too.
 */
export const PROBLEMS_BY_MESSAGE: readonly (readonly [part: string, slug: ProblemSlug])[] = [
  ['was detached from a Customer', 'payment-method-unusable'],
  ['No valid payment method types', 'payment-method-unusable'],
  ['combine currencies on a single customer', 'currency-mismatch'],
  ['managed by the subscription schedule', 'subscription-scheduled'],
  ['As per Indian regulations', 'customer-details-required'],
  ['Insufficient funds in your Stripe balance', 'insufficient-balance'],
  // The settings of the customer portal were never saved in the Dashboard.
  ['default configuration has not been created', 'provider-misconfigured'],
];

const PROBLEM_BY_CODE: ReadonlyMap<string, ProblemSlug> = new Map(
  Object.entries(CODES_BY_PROBLEM).flatMap(([slug, codes]) =>
    codes.map((code) => [code, slug as ProblemSlug] as const),
  ),
);

/** The problem for an error code of Stripe's, or undefined if the table does not have the code. */
export function problemForCode(code: string | undefined): ProblemSlug | undefined {
  return code === undefined ? undefined : PROBLEM_BY_CODE.get(code);
}

/** The problem for a refusal without a code, or undefined if its message is not a known one. */
export function problemForMessage(message: string): ProblemSlug | undefined {
  return PROBLEMS_BY_MESSAGE.find(([part]) => message.includes(part))?.[1];
}
