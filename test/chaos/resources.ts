/** Stops everything that a run has started, even if the run fails. */
export class Resources {
  private readonly stops: (() => Promise<void>)[] = [];
  private closed = false;

  /** Starts a resource, and stops it in `stopAll`. @throws Error after `stopAll` was called */
  async start<T>(start: () => Promise<T>, stop: (started: T) => Promise<void>): Promise<T> {
    if (this.closed) throw new Error('this run is being stopped');
    const starting = start();
    // `stopAll` waits for a resource that is still starting. One that failed to start is not stopped.
    this.stops.unshift(() => starting.then(stop, () => undefined));
    return starting;
  }

  /** Stops everything, the last one first, even if some cannot be stopped. @throws AggregateError the errors */
  async stopAll(): Promise<void> {
    this.closed = true;
    const errors: unknown[] = [];
    for (const stop of this.stops) await stop().catch((error: unknown) => errors.push(error));
    if (errors.length > 0) throw new AggregateError(errors, 'not everything could be stopped');
  }
}
