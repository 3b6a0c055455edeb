import type { Clock } from '#core/clock.js';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 16_000;

interface Pause {
  untilMs: number;
  lengthMs: number;
}

/** What one pause covers: an endpoint, or all requests of a kind. */
export type PauseScope = string;

/**
 * Which requests wait because Stripe limits their rate. Each pause is twice as long as the one before, until a request
 * that was sent after it succeeds: https://docs.stripe.com/rate-limits#handling-limiting-gracefully
 */
export class RateLimitPauses {
  private readonly pauses = new Map<PauseScope, Pause>();

  constructor(private readonly clock: Clock) {}

  /** Milliseconds until none of the scopes is paused; 0 if none is. */
  remainingMs(scopes: readonly PauseScope[]): number {
    const untilMs = Math.max(0, ...scopes.map((scope) => this.pauses.get(scope)?.untilMs ?? 0));
    return Math.max(0, untilMs - this.nowMs());
  }

  /** Starts or continues the pause of a scope. */
  pause(scope: PauseScope): void {
    const { untilMs, lengthMs } = this.pauses.get(scope) ?? { untilMs: 0, lengthMs: 0 };
    if (this.nowMs() < untilMs) return;
    const nextLengthMs = Math.min(Math.max(lengthMs * 2, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
    this.pauses.set(scope, { untilMs: this.nowMs() + nextLengthMs, lengthMs: nextLengthMs });
  }

  /** Ends the pauses of scopes in which a request that was sent at `sentMs` was not limited. */
  clear(scopes: readonly PauseScope[], sentMs: number): void {
    for (const scope of scopes) {
      if (sentMs >= (this.pauses.get(scope)?.untilMs ?? Infinity)) this.pauses.delete(scope);
    }
  }

  /** The time of the clock that the pauses use. */
  nowMs(): number {
    return this.clock.now().getTime();
  }
}
