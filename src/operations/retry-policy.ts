const FIRST_WAIT_MS = 1_000;
/** Operations must settle within a minute of Stripe's recovery. */
const LONGEST_WAIT_MS = 30_000;
/** Stripe forgets idempotency keys after 24 hours: https://docs.stripe.com/api/idempotent_requests */
const KEY_LIFETIME_MS = 23 * 60 * 60 * 1000;

/** How long the worker leaves an operation alone after its `attempts`th attempt told nothing. */
export function waitMsAfter(attempts: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** Math.min(attempts - 1, 10), LONGEST_WAIT_MS);
}

/** Stripe may still be at work on what it answered with a 500: https://docs.stripe.com/error-low-level#server-errors */
const SETTLING_MS = 15_000;

/** Whether what was first sent then, and is not at Stripe now, will not appear there any more. */
export function provesAbsence(firstSentAt: Date, now: Date): boolean {
  return now.getTime() - firstSentAt.getTime() >= SETTLING_MS;
}

/** Whether what was first sent then may still be sent again without doing it twice. */
export function maySendAgain(firstSentAt: Date, now: Date): boolean {
  return now.getTime() - firstSentAt.getTime() < KEY_LIFETIME_MS;
}
