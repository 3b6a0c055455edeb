import { Clock } from '#core/clock.js';
import { Problem } from '#core/problem.js';
import { isRateLimited } from './stripe-errors.js';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 16_000;

/** Pauses all calls of this process when Stripe limits their rate: https://docs.stripe.com/rate-limits */
export class Backoff {
  private pausedUntilMs = 0;
  private pauseMs = 0;

  constructor(private readonly clock: Clock) {}

  /**
   * Runs a call unless a pause is in effect. A rate-limit answer starts a pause.
   *
   * @throws {Problem} `provider-busy` during a pause, without calling Stripe, and if Stripe limits the rate
   */
  async run<T>(call: () => Promise<T>): Promise<T> {
    const sentMs = this.clock.now().getTime();
    if (sentMs < this.pausedUntilMs) throw this.busy();
    try {
      const answer = await call();
      if (sentMs >= this.pausedUntilMs) this.pauseMs = 0;
      return answer;
    } catch (error) {
      if (!isRateLimited(error)) throw error;
      this.pause();
      throw this.busy(error);
    }
  }

  /** Each pause is twice as long as the last while Stripe keeps limiting the rate. */
  private pause(): void {
    const nowMs = this.clock.now().getTime();
    if (nowMs < this.pausedUntilMs) return;
    this.pauseMs = Math.min(Math.max(this.pauseMs * 2, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
    this.pausedUntilMs = nowMs + this.pauseMs;
  }

  private busy(cause?: unknown): Problem {
    const leftMs = this.pausedUntilMs - this.clock.now().getTime();
    return new Problem('provider-busy', { retryAfterSeconds: Math.ceil(leftMs / 1000) }, cause);
  }
}
