/** The only source of time in the service. It is injected, so that tests can set the time. */
export abstract class Clock {
  /** The current instant. */
  abstract now(): Date;
}

/** The system clock. */
export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }
}
