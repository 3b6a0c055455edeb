import { Clock } from '#core/clock.js';

/** The machine's clock, put forward as a test says, or standing still until then. */
export class MovedClock extends Clock {
  private aheadMs = 0;
  private stoppedMs?: number;

  now(): Date {
    return new Date((this.stoppedMs ?? Date.now()) + this.aheadMs);
  }

  /** From now on no time passes but by the moves. */
  standStill(): this {
    this.stoppedMs = Date.now();
    return this;
  }

  moveHours(hours: number): void {
    this.moveSeconds(hours * 60 * 60);
  }

  moveSeconds(seconds: number): void {
    this.aheadMs += seconds * 1000;
  }
}
