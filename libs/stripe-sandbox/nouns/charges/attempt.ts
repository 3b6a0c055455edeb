import type Stripe from 'stripe';
import type { Decline } from '../payment-methods/declines.js';
import type { ThreeDSecure } from '../payment-methods/test-card.js';

/** One attempt to pay an intent. */
export interface ChargeAttempt {
  intent: Stripe.PaymentIntent;
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
