import { PeriodicTask } from './periodic-task.js';

const POLL_MS = 1_000;

export interface QueueWorkerOptions<Item> {
  /** How many items are worked on at once. */
  concurrency: number;
  /** Leases the next item that is due; undefined if there is none. */
  take(): Promise<Item | undefined>;
  /** Works on a leased item. It handles failures of the item itself; what it throws ends this turn. */
  work(item: Item): Promise<void>;
  /** Called with what `take`, `work` or `prepare` has thrown. The next poll tries again. */
  onError: (error: unknown) => void;
  /** Runs before each poll. */
  prepare?(): Promise<void>;
}

/** Works on the due items of a queue: every second, and at once after {@link wake}. */
export class QueueWorker<Item> {
  private readonly turns = new Set<Promise<void>>();
  private readonly poll: PeriodicTask;
  private stopped = false;

  constructor(private readonly options: QueueWorkerOptions<Item>) {
    const poll = async () => {
      await options.prepare?.();
      this.wake();
    };
    this.poll = new PeriodicTask(poll, POLL_MS, options.onError);
  }

  start(): void {
    this.poll.start();
  }

  /** Looks for due items now, instead of at the next poll. */
  wake(): void {
    if (this.stopped || this.turns.size >= this.options.concurrency) return;
    const turn = this.workAll()
      .catch(this.options.onError)
      .finally(() => this.turns.delete(turn));
    this.turns.add(turn);
  }

  /** Works on the next item that is due; false if there is none. */
  async workNext(): Promise<boolean> {
    const item = await this.options.take();
    if (item === undefined) return false;
    await this.options.work(item);
    return true;
  }

  /** Takes no further item, and waits for those that are being worked on. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.poll.stop();
    await Promise.all(this.turns);
  }

  private async workAll(): Promise<void> {
    while (!this.stopped) {
      const item = await this.options.take();
      if (item === undefined) return;
      // There may be more items, which need not wait for this one.
      this.wake();
      await this.options.work(item);
    }
  }
}
