/** What a run has started, so that it is stopped again whatever happens. */
export class Resources {
  private readonly stops: (() => Promise<void>)[] = [];
  private closed = false;

  /** Starts something and keeps how to stop it. @throws Error once they are being stopped */
  async start<T>(start: () => Promise<T>, stop: (started: T) => Promise<void>): Promise<T> {
    if (this.closed) throw new Error('this run is being stopped');
    const starting = start();
    // What is still starting has to be waited for; what can't start needs no stopping.
    this.stops.unshift(() => starting.then(stop, () => undefined));
    return starting;
  }

  /** Stops the last first, and the others even where one can't be stopped. @throws AggregateError */
  async stopAll(): Promise<void> {
    this.closed = true;
    const errors: unknown[] = [];
    for (const stop of this.stops) await stop().catch((error: unknown) => errors.push(error));
    if (errors.length > 0) throw new AggregateError(errors, 'not everything could be stopped');
  }
}
