import { expect, it } from 'vitest';
import { createStripeClient } from './stripe-client.js';
import { StripeConnection } from './stripe-connection.js';

const LONGEST_CALL_MS = 25_000;

/** However soon its caller is answered, a call keeps its place for as long as stripe-node is at it. */
it('is done with a Stripe that stays silent within 25 s, its second try included', () => {
  const stripe = createStripeClient(new StripeConnection('sk_test_unused'));
  const retries = stripe.getMaxNetworkRetries();
  const triesMs = (1 + retries) * stripe.getApiField('timeout');
  const waitsMs = retries * stripe.getMaxNetworkRetryDelay() * 1000;
  expect(triesMs + waitsMs).toBeLessThanOrEqual(LONGEST_CALL_MS);
});
