import type { ErrorBody } from '../../http/errors.js';

export type AdviceCode = 'confirm_card_data' | 'do_not_try_again' | 'try_again_later';

/** How the issuer, or Stripe itself, declines a card. */
export interface Decline {
  code: string;
  decline_code?: string;
  message: string;
  param?: string;
  /** How to proceed: https://docs.stripe.com/declines/card#retrying-issuer-declines. */
  advice_code?: AdviceCode;
  /** The card network's own advice. */
  network_advice_code?: string;
  /** The card network's own code. */
  network_decline_code?: string;
  /** The type of the charge's `outcome`. */
  outcome: 'issuer_declined' | 'blocked';
}

const byIssuer = (
  code: string,
  decline_code: string,
  message: string,
  details: Pick<Decline, 'param' | 'advice_code' | 'network_advice_code' | 'network_decline_code'> = {},
): Decline => ({ code, decline_code, message, ...details, outcome: 'issuer_declined' });

const GENERIC = 'Your card was declined.';

/**
 * Sources: https://docs.stripe.com/declines/codes and https://docs.stripe.com/testing#declined-payments; the advice
 * and the networks' codes are from recorded responses.
 */
export const declines = {
  generic: byIssuer('card_declined', 'generic_decline', GENERIC, {
    advice_code: 'try_again_later',
    network_decline_code: '01',
  }),
  insufficientFunds: byIssuer('card_declined', 'insufficient_funds', 'Your card has insufficient funds.', {
    advice_code: 'try_again_later',
    network_advice_code: '02',
    network_decline_code: '51',
  }),
  lost: byIssuer('card_declined', 'lost_card', GENERIC, {
    advice_code: 'do_not_try_again',
    network_advice_code: '01',
    network_decline_code: '41',
  }),
  stolen: byIssuer('card_declined', 'stolen_card', GENERIC, {
    advice_code: 'do_not_try_again',
    network_advice_code: '01',
    network_decline_code: '43',
  }),
  velocity: byIssuer(
    'card_declined',
    'card_velocity_exceeded',
    'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
    { advice_code: 'try_again_later', network_advice_code: '02', network_decline_code: '61' },
  ),
  expired: byIssuer('expired_card', 'expired_card', 'Your card has expired.', {
    param: 'exp_month',
    advice_code: 'confirm_card_data',
    network_advice_code: '03',
    network_decline_code: '54',
  }),
  incorrectCvc: byIssuer('incorrect_cvc', 'incorrect_cvc', "Your card's security code is incorrect.", {
    param: 'cvc',
    advice_code: 'confirm_card_data',
    network_advice_code: '03',
    network_decline_code: 'N7',
  }),
  processingError: byIssuer(
    'processing_error',
    'processing_error',
    'An error occurred while processing your card. Try again in a little bit.',
    { advice_code: 'try_again_later', network_decline_code: '06' },
  ),
  /** Radar blocks the payment; the issuer is not asked. */
  blocked: { code: 'card_declined', decline_code: 'fraudulent', message: GENERIC, outcome: 'blocked' },
  authenticationRequired: byIssuer(
    'authentication_required',
    'authentication_required',
    'Your card was declined. This transaction requires authentication.',
  ),
} as const satisfies Record<string, Decline>;

/** A decline as the body of a card error. */
export function cardError({ outcome: _outcome, ...body }: Decline): ErrorBody {
  return { type: 'card_error', ...body };
}
