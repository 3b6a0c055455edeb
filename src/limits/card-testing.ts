import type { CardTestingRateName, Rate } from '../config/rates.js';

export type CardTestingRates = Readonly<Record<CardTestingRateName, Rate>>;

/** What counts against an owner at one instant. */
export interface OwnerHistory {
  /** When each attempt, or each SetupIntent, of the current window was made. */
  takenAt: readonly Date[];
  /** When each charge of the current window was declined. */
  declinedAt: readonly Date[];
  /** Until when no charge of the owner's partner is attempted. */
  partnerBlockedUntil: Date | null;
}

/** How long to wait for attempts that are still running, each of which may yet be declined. */
const RUNNING_ATTEMPTS_WAIT_MS = 1_000;

/** When an owner who has been refused an attempt may make the next one. */
export function attemptAllowedAt(history: OwnerHistory, rates: CardTestingRates, now: Date): Date {
  return latest([attemptsEndedAt(history, rates), new Date(now.getTime() + RUNNING_ATTEMPTS_WAIT_MS)]);
}

/** When the attempts that count allow the next one, whether or not one is still running; null if they do. */
export function attemptsEndedAt(history: OwnerHistory, rates: CardTestingRates): Date | null {
  const limits = [
    history.partnerBlockedUntil,
    allowedAt(history.declinedAt, rates.declines),
    allowedAt(history.takenAt, rates.attempts),
  ].filter((limit) => limit !== null);
  return limits.length === 0 ? null : latest(limits);
}

/** When an owner who has been refused a SetupIntent may create the next one. */
export function setupIntentAllowedAt({ takenAt }: OwnerHistory, rates: CardTestingRates, now: Date): Date {
  return latest([allowedAt(takenAt, rates['setup-intents']), now]);
}

/** When fewer than the allowed number will be left in the window; null if that is so already. */
function allowedAt(times: readonly Date[], { count, windowMs }: Rate): Date | null {
  const oldestFirst = times.map((time) => time.getTime()).sort((a, b) => a - b);
  const lastToLeave = oldestFirst.at(-count);
  if (oldestFirst.length < count || lastToLeave === undefined) return null;
  return new Date(lastToLeave + windowMs);
}

function latest(dates: readonly (Date | null)[]): Date {
  return new Date(Math.max(...dates.filter((date) => date !== null).map((date) => date.getTime())));
}
