import { Presets, SingleBar } from 'cli-progress';
import type { BackfillProgress } from './backfill.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const LINE_EVERY_MS = 10_000;

/** Shows a backfill on standard error: a bar on a terminal, and else a line every ten seconds. */
export interface ProgressBar {
  report: (progress: BackfillProgress) => void;
  stop: () => void;
}

/**
 * Starts one. Stripe's lists do not say how long they are, so it shows how many days of a list are read.
 *
 * @param since when the lists end; null if that is not known
 */
export function startProgressBar(since: Date | null, now: Date): ProgressBar {
  const format =
    since === null
      ? '{step}: back to {day}, {items} objects'
      : '{step}: {bar} {percentage} % back to {day}, {items} objects';
  const bar = new SingleBar(
    { format, hideCursor: true, noTTYOutput: true, notTTYSchedule: LINE_EVERY_MS },
    Presets.shades_classic,
  );
  const daysOf = (instant: Date) => Math.max(0, Math.floor((now.getTime() - instant.getTime()) / DAY_MS));
  bar.start(since === null ? 1 : Math.max(1, daysOf(since)), 0, { step: 'start', day: '-', items: 0 });
  return {
    report: ({ step, createdAt, itemCount }) => {
      const day = createdAt?.toISOString().slice(0, 10) ?? '-';
      bar.update(createdAt && since !== null ? daysOf(createdAt) : 0, { step, day, items: itemCount });
    },
    stop: () => bar.stop(),
  };
}
