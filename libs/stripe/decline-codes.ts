import { ADVICE, type Advice } from '#core/problem.js';

/**
 * Stripe's decline codes for cards. All are reported as the `declineCode` of `card-declined`, except those marked
 * `masked`: they become `generic_decline`, so that a thief is not warned.
 * Source: https://docs.stripe.com/declines/codes
 */
export const DECLINE_CODES = {
  approve_with_id: 'reported',
  authentication_not_handled: 'reported',
  authentication_required: 'reported',
  call_issuer: 'reported',
  card_not_supported: 'reported',
  card_velocity_exceeded: 'reported',
  currency_not_supported: 'reported',
  do_not_honor: 'reported',
  do_not_try_again: 'reported',
  duplicate_transaction: 'reported',
  expired_card: 'reported',
  fraudulent: 'masked',
  generic_decline: 'reported',
  incorrect_address: 'reported',
  incorrect_cvc: 'reported',
  incorrect_number: 'reported',
  incorrect_pin: 'reported',
  incorrect_zip: 'reported',
  insufficient_funds: 'reported',
  invalid_account: 'reported',
  invalid_amount: 'reported',
  invalid_cvc: 'reported',
  invalid_expiry_month: 'reported',
  invalid_expiry_year: 'reported',
  invalid_number: 'reported',
  invalid_pin: 'reported',
  issuer_not_available: 'reported',
  lost_card: 'masked',
  merchant_blacklist: 'masked',
  mobile_device_authentication_required: 'reported',
  new_account_information_available: 'reported',
  no_action_taken: 'reported',
  not_permitted: 'reported',
  offline_pin_required: 'reported',
  online_or_offline_pin_required: 'reported',
  pickup_card: 'masked',
  pin_try_exceeded: 'reported',
  processing_error: 'reported',
  reenter_transaction: 'reported',
  restricted_card: 'reported',
  revocation_of_all_authorizations: 'reported',
  revocation_of_authorization: 'reported',
  security_violation: 'reported',
  service_not_allowed: 'reported',
  stolen_card: 'masked',
  stop_payment_order: 'reported',
  testmode_decline: 'reported',
  transaction_not_allowed: 'reported',
  try_again_later: 'reported',
  withdrawal_count_limit_exceeded: 'reported',
} as const satisfies Record<string, 'reported' | 'masked'>;

const GENERIC_DECLINE = 'generic_decline';

const MASKED_DECLINE_CODES: ReadonlySet<string> = new Set(
  Object.entries(DECLINE_CODES)
    .filter(([, treatment]) => treatment === 'masked')
    .map(([code]) => code),
);

/** The decline code as the caller may see it. Codes that are not in the table are reported as they are. */
export function reportedDeclineCode(code: string = GENERIC_DECLINE): string {
  return MASKED_DECLINE_CODES.has(code) ? GENERIC_DECLINE : code;
}

/**
 * Stripe's advice for a decline, if the caller may see it. It is undefined for `generic_decline`, because advice would
 * reveal a masked code.
 */
export function reportedAdvice(reportedCode: string, adviceCode: string | undefined): Advice | undefined {
  return reportedCode === GENERIC_DECLINE ? undefined : ADVICE.find((advice) => advice === adviceCode);
}
