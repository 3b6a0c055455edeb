/** Spreads the retries of many deliveries that failed together. */
const JITTER_MAX = 0.1;
/** A receiver can't postpone a delivery for longer. */
const RETRY_AFTER_MAX_MS = 24 * 60 * 60 * 1000;

/**
 * How long to wait before the next attempt, in milliseconds; undefined after the last one.
 *
 * @param waitsSeconds the wait before each further attempt
 * @param failures how many attempts have failed
 */
export function retryWaitMs(waitsSeconds: readonly string[], failures: number): number | undefined {
  const waitSeconds = waitsSeconds[failures - 1];
  if (waitSeconds === undefined) return undefined;
  return Number(waitSeconds) * 1000 * (1 + Math.random() * JITTER_MAX);
}

/** When a receiver may be called again: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 */
export function retryAfterOf(header: string | undefined, now: Date): Date | undefined {
  if (header === undefined) return undefined;
  const afterMs = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now.getTime();
  if (Number.isNaN(afterMs) || afterMs <= 0) return undefined;
  return new Date(now.getTime() + Math.min(afterMs, RETRY_AFTER_MAX_MS));
}
