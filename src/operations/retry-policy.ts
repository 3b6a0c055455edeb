const FIRST_DELAY_MS = 1_000;
/**
 * Operations must end within a minute of Stripe's recovery. In the worst case Stripe recovers early in an attempt of
 * 22 s, then comes this delay, and then {@link SETTLE_MS}.
 */
const LONGEST_DELAY_MS = 15_000;
/** Stripe forgets idempotency keys after 24 hours: https://docs.stripe.com/api/idempotent_requests */
const KEY_LIFETIME_MS = 23 * 60 * 60 * 1000;
/** Settings are corrected, and a key is put back, within a day. What the operation has claimed is claimed meanwhile. */
const HIDDEN_MS = 23 * 60 * 60 * 1000;
/** Stripe may still work on a request that it answered with 500: https://docs.stripe.com/error-low-level#server-errors */
const SETTLE_MS = 15_000;

/** How long the worker waits after the `attempts`th attempt without an outcome. */
export function retryDelayMs(attempts: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** Math.min(attempts - 1, 10), LONGEST_DELAY_MS);
}

/**
 * Whether a look-up that finds nothing is proof.
 *
 * @param lookedForMs from the first look-up to the time before this one began to read, by one clock
 */
export function isLookUpConclusive(lookedForMs: number): boolean {
  return lookedForMs >= SETTLE_MS;
}

/** Whether sending again can't have a second effect, as Stripe still remembers the idempotency key. */
export function maySendAgain(firstSentAt: Date, now: Date): boolean {
  return now.getTime() - firstSentAt.getTime() < KEY_LIFETIME_MS;
}

/**
 * Whether what hides the outcome, such as the loss of the key of a plan or a refusal of Stripe's to show it, has lasted so long
 * that a person has to find it out.
 *
 * @param lookedForMs since it was first tried to find it out
 */
export function isHiddenTooLong(lookedForMs: number): boolean {
  return lookedForMs >= HIDDEN_MS;
}
