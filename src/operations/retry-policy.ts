const FIRST_DELAY_MS = 1_000;
/**
 * Operations must end within a minute of Stripe's recovery. In the worst case Stripe recovers early in an attempt of
 * 22 s, then comes this delay, and then {@link SETTLE_MS}.
 */
const LONGEST_DELAY_MS = 15_000;
/** Stripe forgets idempotency keys after 24 hours: https://docs.stripe.com/api/idempotent_requests */
const KEY_LIFETIME_MS = 23 * 60 * 60 * 1000;
/** Stripe may still work on a request that it answered with 500: https://docs.stripe.com/error-low-level#server-errors */
const SETTLE_MS = 15_000;

/** How long the worker waits after the `attempts`th attempt without an outcome. */
export function retryDelayMs(attempts: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** Math.min(attempts - 1, 10), LONGEST_DELAY_MS);
}

/** Whether a look-up that finds nothing is proof, given when the first look-up was. */
export function isLookUpConclusive(firstLookedAt: Date, now: Date): boolean {
  return now.getTime() - firstLookedAt.getTime() >= SETTLE_MS;
}

/** Whether sending again can't have a second effect, as Stripe still remembers the idempotency key. */
export function maySendAgain(firstSentAt: Date, now: Date): boolean {
  return now.getTime() - firstSentAt.getTime() < KEY_LIFETIME_MS;
}

/** Whether a plan could not be decrypted for so long that its key counts as lost, given when it first could not. */
export function isKeyLost(firstMissedAt: Date, now: Date): boolean {
  return now.getTime() - firstMissedAt.getTime() >= KEY_LIFETIME_MS;
}
