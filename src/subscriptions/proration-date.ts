import { invalidField, Problem } from '#core/problem.js';
import type { OwnedSubscription } from '../customers/owner-subscriptions.js';

/** How long the amount of a preview can be charged. */
const PREVIEW_VALID_SECONDS = 60 * 60;
/** Clocks of instances differ by less. */
const CLOCK_SKEW_SECONDS = 60;

/** Requires the date of a preview to be recent. @throws {Problem} `invalid-request` */
export function assertRecent(prorationDate: Date | undefined, now: Date): void {
  if (prorationDate === undefined) return;
  const age = secondsOf(now) - secondsOf(prorationDate);
  if (age > PREVIEW_VALID_SECONDS || age < -CLOCK_SKEW_SECONDS) {
    throw invalidField('prorationDate', 'must be that of a preview of the last hour');
  }
}

/**
 * The instant from which a change is prorated, in Unix seconds: that of the preview, or now.
 *
 * @throws {Problem} `invalid-state` if the subscription was renewed after the preview
 */
export function prorationSecondsOf(
  { periodStart }: OwnedSubscription,
  previewed: Date | undefined,
  now: Date,
): number {
  if (previewed === undefined) return Math.max(periodStart, secondsOf(now));
  if (secondsOf(previewed) < periodStart) throw new Problem('invalid-state');
  return secondsOf(previewed);
}

function secondsOf(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
