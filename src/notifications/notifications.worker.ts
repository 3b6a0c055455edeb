import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { withoutQuery } from '../database/without-query.js';
import { PeriodicTask } from '../queue/periodic-task.js';
import { QueueWorker } from '../queue/queue-worker.js';
import { DeliveriesStore } from './deliveries.store.js';
import { DeliveryAttempt } from './delivery-attempt.js';
import { NotificationsStore } from './notifications.store.js';
import { Outbox } from './outbox.store.js';
import { type QueueRow, QueuesStore } from './queues.store.js';

/** Requests at once. They wait for receivers most of the time, so a slow receiver must not hold up the others. */
const CONCURRENCY = 256;
const CONCURRENCY_PER_ENDPOINT = 8;
/** A notification is added shortly before its transaction commits. */
const COMMIT_MS = 20;
/** How long running attempts may go on when the process stops. */
const STOP_MS = 2_000;
const PRUNE_MS = 10 * 60 * 1000;

/** Delivers notifications, and deletes old ones; each instance runs one worker. */
@Injectable()
export class NotificationsWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(NotificationsWorker.name);
  private readonly worker: QueueWorker<QueueRow>;
  private readonly running = new Map<string, number>();
  private readonly pruning: PeriodicTask;
  private placing?: NodeJS.Timeout;

  constructor(
    outbox: Outbox,
    private readonly deliveries: DeliveriesStore,
    private readonly attempt: DeliveryAttempt,
    queues: QueuesStore,
    notifications: NotificationsStore,
  ) {
    this.worker = new QueueWorker({
      concurrency: CONCURRENCY,
      prepare: async () => void (await this.deliveries.place()),
      take: () => queues.takeDue(this.busyEndpoints()),
      work: (held) => this.deliver(held),
      onError: (error) => this.warn('Could not deliver notifications', error),
    });
    this.pruning = new PeriodicTask(
      () => notifications.prune(),
      PRUNE_MS,
      (error) => this.warn('Could not delete old notifications', error),
    );
    outbox.listen(() => this.placeSoon());
  }

  onApplicationBootstrap(): void {
    this.worker.start();
    this.pruning.start();
  }

  /** Starts no further attempt, and ends those that take long. */
  async beforeApplicationShutdown(): Promise<void> {
    clearTimeout(this.placing);
    const timer = setTimeout(() => this.attempt.abort(), STOP_MS);
    await Promise.all([this.worker.stop(), this.pruning.stop()]);
    clearTimeout(timer);
  }

  /** Places what is committed, and attempts the delivery that has been due for longest; false if none is due. */
  async deliverNext(): Promise<boolean> {
    await this.deliveries.place();
    return this.worker.workNext();
  }

  private async deliver(held: QueueRow): Promise<void> {
    const { endpointId } = held;
    this.count(endpointId, 1);
    try {
      await this.attempt.run(held);
    } finally {
      this.count(endpointId, -1);
    }
  }

  private count(endpointId: string, change: 1 | -1): void {
    const count = (this.running.get(endpointId) ?? 0) + change;
    if (count === 0) this.running.delete(endpointId);
    else this.running.set(endpointId, count);
  }

  private busyEndpoints(): string[] {
    return [...this.running].filter(([, count]) => count >= CONCURRENCY_PER_ENDPOINT).map(([id]) => id);
  }

  private placeSoon(): void {
    this.placing ??= setTimeout(() => {
      this.placing = undefined;
      this.deliveries.place().then(
        (isPlaced) => isPlaced && this.worker.wake(),
        (error: unknown) => this.warn('Could not deliver notifications', error),
      );
    }, COMMIT_MS);
  }

  private warn(msg: string, error: unknown): void {
    this.logger.warn(`${msg}: ${String(withoutQuery(error))}`);
  }
}
