import { Clock } from '../../src/core/clock.js';
import { Problem } from '../../src/core/problem.js';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 16_000;

/** When Stripe asks one caller to slow down, all of this process do: https://docs.stripe.com/rate-limits */
export class Backoff {
  private pausedUntilMs = 0;
  private pauseMs = 0;

  constructor(private readonly clock: Clock) {}

  /** @throws {Problem} `provider-busy` during a pause, without a call */
  assertOpen(): void {
    const retryAfterSeconds = this.leftSeconds();
    if (retryAfterSeconds > 0) throw new Problem('provider-busy', { retryAfterSeconds });
  }

  /** How long the pause still is; 0 or less outside one. */
  leftSeconds(): number {
    return Math.ceil((this.pausedUntilMs - this.clock.now().getTime()) / 1000);
  }

  /** Pauses all calls, longer each time that the first call after a pause is told to slow down again. */
  pause(): void {
    const nowMs = this.clock.now().getTime();
    if (nowMs < this.pausedUntilMs) return;
    this.pauseMs = Math.min(Math.max(this.pauseMs * 2, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
    this.pausedUntilMs = nowMs + this.pauseMs;
  }

  /** Ends the memory of earlier pauses: Stripe takes calls again. */
  reset(): void {
    this.pauseMs = 0;
  }
}
