const FIRST_DELAY_MS = 1_000;
/** Stripe may be unavailable for hours; once it answers again, events are handled within this time. */
const LONGEST_DELAY_MS = 15 * 60 * 1000;
/** The waits between so many attempts add up to about a day. */
const ATTEMPTS_MAX = 105;

/** How long to wait after the `attempts`th attempt that has failed. */
export function retryDelayMs(attempts: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** Math.min(attempts - 1, 20), LONGEST_DELAY_MS);
}

/** Whether no attempt follows the `attempts`th one. */
export function isLastAttempt(attempts: number): boolean {
  return attempts >= ATTEMPTS_MAX;
}
