/** How often rows that are not needed any more are deleted. */
export const PRUNE_MS = 10 * 60 * 1000;

/** Repeats a task at an interval, never twice at the same time. */
export class PeriodicTask {
  private timer?: NodeJS.Timeout;
  private running?: Promise<void>;

  /** @param onError what to do with an error of the task; the next run follows at its time */
  constructor(
    private readonly task: () => Promise<void>,
    private readonly intervalMs: number,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** The first run is one interval from now. */
  start(): void {
    this.timer = setInterval(() => void this.run(), this.intervalMs);
  }

  /** Runs it now, unless it is running. */
  run(): Promise<void> {
    return (this.running ??= this.task()
      .catch(this.onError)
      .finally(() => (this.running = undefined)));
  }

  /** Starts no further run, and waits for the one that is running. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }
}
