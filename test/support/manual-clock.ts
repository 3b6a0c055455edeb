import { Clock } from '#core/clock.js';

/** A clock that starts at the current time and stands still until a test moves it. */
export class ManualClock extends Clock {
  private nowMs = Date.now();

  now(): Date {
    return new Date(this.nowMs);
  }

  moveHours(hours: number): void {
    this.moveSeconds(hours * 60 * 60);
  }

  moveSeconds(seconds: number): void {
    this.nowMs += seconds * 1000;
  }
}
