import { Clock } from '../../src/core/clock.js';

/** The machine's clock, put forward as a test says. */
export class MovedClock extends Clock {
  private aheadMs = 0;

  now(): Date {
    return new Date(Date.now() + this.aheadMs);
  }

  moveHours(hours: number): void {
    this.moveSeconds(hours * 60 * 60);
  }

  moveSeconds(seconds: number): void {
    this.aheadMs += seconds * 1000;
  }
}
