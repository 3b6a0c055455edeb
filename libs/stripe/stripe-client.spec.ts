import { expect, it } from 'vitest';
import { createStripeClient } from './stripe-client.js';
import { StripeConnection } from './stripe-connection.js';

const LONGEST_CALL_MS = 25_000;

/** A call occupies its slot until stripe-node gives up, even after its caller got an answer. */
it('gives up on a silent Stripe within 25 s, including the retry', () => {
  const stripe = createStripeClient(new StripeConnection('sk_test_unused'));
  const retries = stripe.getMaxNetworkRetries();
  const triesMs = (1 + retries) * stripe.getApiField('timeout');
  const waitsMs = retries * stripe.getMaxNetworkRetryDelay() * 1000;
  expect(triesMs + waitsMs).toBeLessThanOrEqual(LONGEST_CALL_MS);
});
