/** In both directions, against replayed and pre-dated deliveries: https://docs.stripe.com/webhooks#replay-attacks */
export const TOLERANCE_SECONDS = 300;

/** `t=TIMESTAMP`, then the signatures, each with its scheme: https://docs.stripe.com/webhooks#verify-manually */
const SIGNATURE = /^t=(?<timestamp>\d{1,12})(,v\d=[\da-f]{64}){1,10}$/;

/**
 * Whether a `Stripe-Signature` header has exactly the format that Stripe documents, and a current timestamp.
 * stripe-node is lenient: it accepts several timestamps, and text after their digits.
 */
export function isCurrentSignature(signature: string, nowMs: number): boolean {
  const { timestamp } = SIGNATURE.exec(signature)?.groups ?? {};
  return timestamp !== undefined && Math.abs(Number(timestamp) - nowMs / 1000) <= TOLERANCE_SECONDS;
}
