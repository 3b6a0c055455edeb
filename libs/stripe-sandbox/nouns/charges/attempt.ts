import type Stripe from 'stripe';
import type { Decline } from '../payment-methods/declines.js';
import type { ThreeDSecure } from '../payment-methods/test-card.js';

/** One attempt to get an intent paid. */
export interface Attempt {
  intent: Stripe.PaymentIntent;
  paymentMethod: Stripe.PaymentMethod;
  /** Whether the money is taken at once, or only held. */
  isCaptured: boolean;
  /** How 3D Secure went, where it was asked for; a challenge has been passed. */
  threeDSecure?: ThreeDSecure;
  /** Why it failed; without it the charge succeeds. */
  decline?: Decline;
}
