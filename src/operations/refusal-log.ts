import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '#core/clock.js';
import { setNewest } from '#core/set-newest.js';
import { refusedFor } from '#stripe/stripe-errors.js';
import { toProblem } from '../database/to-problem.js';
import { describeFailure } from '../logging/describe-failure.js';

const INTERVAL_MS = 60 * 60 * 1000;
/** About 2 MB. */
const ENTRIES_MAX = 10_000;

/**
 * Logs refusals of Stripe's that hide the outcome of an operation: each is a fault of ours, or of the settings at Stripe. As the
 * operation is tried again every 15 seconds for most of a day, the same refusal is logged once an hour: the same problem, with the same
 * code and parameter of Stripe's. Each instance counts for itself.
 */
@Injectable()
export class RefusalLog {
  private readonly logger = new Logger(RefusalLog.name);
  private readonly loggedAtMs = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  /** Logs a refusal as an error, unless the operation has had the same one in the last hour. */
  log(operationId: string, refusal: unknown): void {
    const problem = toProblem(refusal, 'outcome-unknown');
    const { code, param } = refusedFor(problem);
    const key = JSON.stringify([operationId, problem.slug, code, param]);
    if (this.isDue(key)) this.logger.error(describeFailure(problem.with({ operationId })));
  }

  private isDue(key: string): boolean {
    const nowMs = this.clock.now().getTime();
    // A clock that was set back must not hide it for longer.
    if (Math.abs(nowMs - (this.loggedAtMs.get(key) ?? -Infinity)) < INTERVAL_MS) return false;
    setNewest(this.loggedAtMs, key, nowMs, ENTRIES_MAX);
    return true;
  }
}
