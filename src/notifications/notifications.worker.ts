import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import pLimit from 'p-limit';
import { LEASE_RENEWAL_MS } from '../queue/lease.js';
import { PeriodicTask, PRUNE_MS } from '../queue/periodic-task.js';
import { QueueWorker } from '../queue/queue-worker.js';
import { warnOf } from '../queue/warn-of.js';
import { DeliveriesStore } from './deliveries.store.js';
import { DeliveryAttempt } from './delivery-attempt.js';
import { EndpointSecrets } from './endpoint-secrets.service.js';
import { NotificationsStore } from './notifications.store.js';
import { Outbox } from './outbox.store.js';
import { type DeliveryLimits, type QueueRow, QueuesStore } from './queues.store.js';
import { RunningDeliveries } from './running-deliveries.js';

/**
 * Deliveries wait for receivers most of the time. Receivers that are slow or dead take only a small part of all, however
 * many endpoints a caller has, and all that fail together leave a quarter to the others.
 */
const FIRST_DELIVERIES = { total: 256, failing: 192, caller: 32, endpoint: 8, failingEndpoint: 1 };
/** Beside first deliveries, so that they never delay them. */
const REDELIVERIES = { total: 32, failing: 24, caller: 8, endpoint: 2, failingEndpoint: 1 };
/** A notification is added shortly before its transaction commits. */
const COMMIT_MS = 20;
/** From one pass to the next. Each takes a transaction, and so under load a part of the time of the charges. */
const PASS_PAUSE_MS = 100;
/** How long running attempts may go on when the process stops. */
const STOP_MS = 2_000;

/** Delivers notifications, deletes old ones, and renews the encryption of secrets; each instance runs one worker. */
@Injectable()
export class NotificationsWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(NotificationsWorker.name);
  private readonly firstDeliveries: QueueWorker<QueueRow>;
  private readonly redeliveries: QueueWorker<QueueRow>;
  private readonly running: RunningDeliveries[] = [];
  private readonly renewal: PeriodicTask;
  private readonly pruning: PeriodicTask;
  private placing?: NodeJS.Timeout;
  private pass = Promise.resolve();
  private passStartedMs = -Infinity;
  private isStopping = false;

  constructor(
    outbox: Outbox,
    private readonly deliveries: DeliveriesStore,
    private readonly attempt: DeliveryAttempt,
    private readonly queues: QueuesStore,
    notifications: NotificationsStore,
    endpointSecrets: EndpointSecrets,
  ) {
    this.firstDeliveries = this.workerFor(false, FIRST_DELIVERIES, async () => {
      await this.deliveries.place();
    });
    this.redeliveries = this.workerFor(true, REDELIVERIES);
    // One statement for all attempts, of which there can be hundreds.
    this.renewal = new PeriodicTask(
      () => this.queues.renew(this.running.flatMap(({ held }) => held)),
      LEASE_RENEWAL_MS,
      warnOf(this.logger, 'Could not renew the leases of deliveries'),
    );
    this.pruning = new PeriodicTask(
      async () => {
        await notifications.prune();
        await endpointSecrets.renew();
      },
      PRUNE_MS,
      warnOf(this.logger, 'Could not delete old notifications or renew secrets'),
    );
    outbox.listen(() => this.placeSoon());
  }

  onApplicationBootstrap(): void {
    this.firstDeliveries.start();
    this.redeliveries.start();
    this.renewal.start();
    this.pruning.start();
  }

  /** Starts no further attempt, and ends those that take long. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    clearTimeout(this.placing);
    const timer = setTimeout(() => this.attempt.abort(), STOP_MS);
    await Promise.all([
      this.pass,
      this.firstDeliveries.stop(),
      this.redeliveries.stop(),
      this.pruning.stop(),
    ]);
    await this.renewal.stop();
    clearTimeout(timer);
  }

  /** Places what is committed, and attempts the delivery that has been due for longest; false if none is due. */
  async deliverNext(): Promise<boolean> {
    await this.deliveries.place();
    return (await this.firstDeliveries.workNext()) || this.redeliveries.workNext();
  }

  private workerFor(
    isRedelivery: boolean,
    { total, ...limits }: DeliveryLimits & { total: number },
    prepare?: () => Promise<void>,
  ): QueueWorker<QueueRow> {
    const running = new RunningDeliveries();
    this.running.push(running);
    // Each has to know of those before it, so that no limit is exceeded.
    const oneByOne = pLimit(1);
    return new QueueWorker({
      concurrency: total,
      ...(prepare && { prepare }),
      take: () =>
        oneByOne(async () => {
          const held = await this.queues.takeDue({ isRedelivery, limits, running: running.counts });
          if (held) running.begin(held);
          return held;
        }),
      work: (held) => this.attempt.run(held).finally(() => running.end(held)),
      onError: warnOf(this.logger, 'Could not deliver notifications'),
    });
  }

  private placeSoon(): void {
    if (this.placing) return;
    const pauseMs = this.passStartedMs + PASS_PAUSE_MS - performance.now();
    this.placing = setTimeout(() => void this.placeNext(), Math.max(COMMIT_MS, pauseMs));
  }

  /** One pass at a time, because each holds a connection while it waits for the one before. */
  private async placeNext(): Promise<void> {
    await this.pass;
    this.placing = undefined;
    this.passStartedMs = performance.now();
    if (!this.isStopping) this.pass = this.place();
  }

  private async place(): Promise<void> {
    try {
      if (await this.deliveries.place()) this.firstDeliveries.wake();
    } catch (error) {
      warnOf(this.logger, 'Could not deliver notifications')(error);
    }
  }
}
