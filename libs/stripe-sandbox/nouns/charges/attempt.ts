import type Stripe from 'stripe';
import type { Decline } from '../payment-methods/declines.js';
import type { ThreeDSecure } from '../payment-methods/test-card.js';

/** What a charge is for: an intent, or itself, which has no id. */
export type Payment = Pick<
  Stripe.PaymentIntent,
  | 'amount'
  | 'currency'
  | 'customer'
  | 'description'
  | 'metadata'
  | 'receipt_email'
  | 'shipping'
  | 'statement_descriptor'
  | 'statement_descriptor_suffix'
  | 'transfer_group'
> & { id: string | null };

/** One attempt to pay. */
export interface ChargeAttempt {
  intent: Payment;
  paymentMethod: Stripe.PaymentMethod;
  /** Whether the money is captured at once, or only held. */
  isCaptured: boolean;
  /** Whether Stripe captures in the background. */
  isAsynchronous: boolean;
  /** The result of 3D Secure if it was required; `challenge` means passed. */
  threeDSecure?: ThreeDSecure;
  /** Why the charge fails; without it the charge succeeds. */
  decline?: Decline;
}
