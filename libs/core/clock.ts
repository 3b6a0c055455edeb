/** The only source of time in the service. It is injected, so that tests can set the time. */
export abstract class Clock {
  /** True of the clock of one machine, from which those of others differ. Tests have one clock for all instances. */
  readonly isLocal?: boolean;

  /** The current instant. */
  abstract now(): Date;
}

/** The system clock. */
export class SystemClock extends Clock {
  override readonly isLocal = true;

  now(): Date {
    return new Date();
  }
}
