import { createHmac } from 'node:crypto';

/**
 * The `Stripe-Signature` header: HMAC-SHA256 of time and body, keyed by the whole `whsec_...`.
 * Source: https://docs.stripe.com/webhooks#verify-manually.
 */
export function signatureOf(body: string, secret: string, nowSeconds: number): string {
  const signature = createHmac('sha256', secret).update(`${nowSeconds}.${body}`).digest('hex');
  return `t=${nowSeconds},v1=${signature}`;
}
