/** The only source of time in the service; injected, so that tests decide what time it is. */
export abstract class Clock {
  /** The current instant. */
  abstract now(): Date;
}

/** The machine's clock. */
export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }
}
