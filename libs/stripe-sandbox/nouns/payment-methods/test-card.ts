import type { Decline } from './declines.js';

/**
 * When the cardholder must authenticate:
 * - `never`;
 * - `unless_set_up`: on-session always, off-session unless the card was set up;
 * - `already_set_up`: on-session only, because the card counts as set up;
 * - `always`: on-session and off-session, because the issuer requires it;
 * - `by_radar`: on-session and off-session, because Radar requires it.
 */
export type Authentication = 'never' | 'unless_set_up' | 'already_set_up' | 'always' | 'by_radar';

/**
 * The result of 3D Secure if the card or the intent requires it: a challenge, success without one (`frictionless`),
 * an acknowledged attempt (`unenrolled`), a processing error, or nothing (`unsupported`).
 */
export type ThreeDSecure = 'challenge' | 'frictionless' | 'unenrolled' | 'error' | 'unsupported';

/** What the network does after a successful charge. */
export type DisputeKind =
  'fraudulent' | 'product_not_received' | 'inquiry' | 'multiple' | 'ce3' | 'compliance';

/** A row of Stripe's testing page. */
export interface TestCard {
  number: string;
  /** What follows `pm_card_` and `tok_`: the current name first, then older ones. */
  names: readonly string[];
  brand: string;
  /** The second network of a co-branded card. */
  otherNetwork?: string;
  funding: 'credit' | 'debit' | 'prepaid';
  country: string;
  /** Why every payment is declined. */
  decline?: Decline;
  /** Whether the card can be attached or set up although its payments are declined. */
  canAttach: boolean;
  authentication: Authentication;
  threeDSecure: ThreeDSecure;
  checks: { line1?: Check; postalCode?: Check; cvc?: Check };
  risk: 'normal' | 'elevated' | 'highest';
  refund: 'succeeds' | 'succeeds_later' | 'fails_later';
  dispute?: DisputeKind;
  /** Whether the issuer sends an early fraud warning after each charge. */
  isReportedAsFraud?: true;
  /** Whether funds go to the available balance at once. */
  bypassesPending: boolean;
}

type Check = 'pass' | 'fail' | 'unavailable';
