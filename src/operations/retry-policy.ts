const FIRST_WAIT_MS = 1_000;
/**
 * Operations must settle within a minute of Stripe's recovery, which may come early in an attempt of 22 s; then there
 * is this wait, and for what is not found the time to settle.
 */
const LONGEST_WAIT_MS = 15_000;
/** Stripe forgets idempotency keys after 24 hours: https://docs.stripe.com/api/idempotent_requests */
const KEY_LIFETIME_MS = 23 * 60 * 60 * 1000;
/** Stripe may still be at work on what it answered with a 500: https://docs.stripe.com/error-low-level#server-errors */
const SETTLING_MS = 15_000;

/** How long the worker leaves an operation alone after its `attempts`th attempt told nothing. */
export function waitMsAfter(attempts: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** Math.min(attempts - 1, 10), LONGEST_WAIT_MS);
}

/** Whether what was first looked for then is by now as it will stay: nothing is sent once one has begun to look. */
export function hasSettled(firstLookedAt: Date, now: Date): boolean {
  return now.getTime() - firstLookedAt.getTime() >= SETTLING_MS;
}

/** Whether what was first sent then may still be sent again without doing it twice. */
export function maySendAgain(firstSentAt: Date, now: Date): boolean {
  return now.getTime() - firstSentAt.getTime() < KEY_LIFETIME_MS;
}
