import type { ErrorBody } from '../../http/errors.js';

/** How the issuer, or Stripe itself, declines a card. */
export interface Decline {
  code: string;
  decline_code?: string;
  message: string;
  param?: string;
  advice_code?: string;
  /** The card network's own code. */
  network_decline_code?: string;
  /** The type of the charge's `outcome`. */
  outcome: 'issuer_declined' | 'blocked';
}

const byIssuer = (code: string, decline_code: string, message: string, param?: string): Decline => ({
  code,
  decline_code,
  message,
  ...(param !== undefined && { param }),
  outcome: 'issuer_declined',
});

const GENERIC = 'Your card was declined.';

/** Sources: https://docs.stripe.com/declines/codes and https://docs.stripe.com/testing#declined-payments. */
export const declines = {
  generic: {
    ...byIssuer('card_declined', 'generic_decline', GENERIC),
    advice_code: 'try_again_later',
    network_decline_code: '01',
  },
  insufficientFunds: byIssuer('card_declined', 'insufficient_funds', 'Your card has insufficient funds.'),
  lost: byIssuer('card_declined', 'lost_card', GENERIC),
  stolen: byIssuer('card_declined', 'stolen_card', GENERIC),
  velocity: byIssuer(
    'card_declined',
    'card_velocity_exceeded',
    'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
  ),
  expired: byIssuer('expired_card', 'expired_card', 'Your card has expired.', 'exp_month'),
  incorrectCvc: byIssuer('incorrect_cvc', 'incorrect_cvc', "Your card's security code is incorrect.", 'cvc'),
  processingError: byIssuer(
    'processing_error',
    'processing_error',
    'An error occurred while processing your card. Try again in a little bit.',
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
