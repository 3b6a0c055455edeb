import type { Decline } from './declines.js';

/**
 * When the cardholder must authenticate: `never`; for every on-session payment, and off-session ones unless the
 * card was set up (`unless_set_up`) or without exception, as the issuer (`always`) or Radar (`by_radar`) asks for
 * it; for on-session payments only, as it counts as set up (`already_set_up`).
 */
export type Authentication = 'never' | 'unless_set_up' | 'already_set_up' | 'always' | 'by_radar';

/**
 * What 3D Secure comes to where the card or the intent asks for it: a challenge; success (`frictionless`) or an
 * acknowledged attempt (`unenrolled`) without one; a processing error; nothing at all.
 */
export type ThreeDSecure = 'challenge' | 'frictionless' | 'unenrolled' | 'error' | 'unsupported';

/** What the network does after a successful charge. */
export type DisputeKind =
  'fraudulent' | 'product_not_received' | 'inquiry' | 'multiple' | 'ce3' | 'compliance';

/** A row of Stripe's testing page. */
export interface TestCard {
  number: string;
  /** What follows `pm_card_` and `tok_`; the first is the row's own name, further ones are older names. */
  names: readonly string[];
  brand: string;
  /** The second network of a co-branded card. */
  otherNetwork?: string;
  funding: 'credit' | 'debit' | 'prepaid';
  country: string;
  /** Refused whenever money is asked of it. */
  decline?: Decline;
  /** False when a decline shows already as it is attached or set up. */
  canAttach: boolean;
  authentication: Authentication;
  threeDSecure: ThreeDSecure;
  checks: { line1?: Check; postalCode?: Check; cvc?: Check };
  risk: 'normal' | 'elevated' | 'highest';
  refund: 'succeeds' | 'succeeds_later' | 'fails_later';
  dispute?: DisputeKind;
  /** By its issuer, in an early fraud warning after each charge. */
  isReportedAsFraud?: true;
  /** Funds go to the available balance at once. */
  bypassesPending: boolean;
}

type Check = 'pass' | 'fail' | 'unavailable';
