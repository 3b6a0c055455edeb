import { Presets, SingleBar } from 'cli-progress';
import { backfillSteps } from './backfill-item.js';
import type { BackfillProgress } from './backfill.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const LINE_EVERY_MS = 10_000;

/** Shows a backfill on standard error: a bar on a terminal, and else a line every ten seconds. */
export interface ProgressBar {
  report: (progress: BackfillProgress) => void;
  /** Shows that all is read. */
  complete: () => void;
  /** Shows no more. */
  stop: () => void;
}

/**
 * Starts one. Stripe's lists do not say how long they are, so it shows how many days of the lists are read. Without
 * `since`, when they end is not known either: then it shows how many lists are read.
 *
 * @param since when the lists end; null if that is not known
 */
export function startProgressBar(since: Date | null, now: Date): ProgressBar {
  const bar = new SingleBar(
    {
      format: '{step}: {bar} {percentage} % back to {day}, {items} objects',
      hideCursor: true,
      noTTYOutput: true,
      notTTYSchedule: LINE_EVERY_MS,
    },
    Presets.shades_classic,
  );
  const steps = backfillSteps(since);
  const daysTo = (instant: Date) => Math.max(0, Math.floor((now.getTime() - instant.getTime()) / DAY_MS));
  const daysOfList = since === null ? 1 : Math.max(1, daysTo(since));
  const daysReadOfList = (createdAt: Date) => (since === null ? 0 : Math.min(daysOfList, daysTo(createdAt)));
  const daysInAll = steps.length * daysOfList;
  bar.start(daysInAll, 0, { step: 'start', day: '-', items: 0 });
  return {
    report: ({ step, createdAt, itemCount }) => {
      const daysRead = steps.indexOf(step) * daysOfList + daysReadOfList(createdAt);
      bar.update(daysRead, { step, day: createdAt.toISOString().slice(0, 10), items: itemCount });
    },
    complete: () => bar.update(daysInAll),
    stop: () => bar.stop(),
  };
}
