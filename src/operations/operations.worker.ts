import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Problem } from '#core/problem.js';
import { isRefusedBesides } from '#stripe/stripe-errors.js';
import { describeFailure } from '../logging/describe-failure.js';
import { PeriodicTask, PRUNE_MS } from '../queue/periodic-task.js';
import { QueueWorker } from '../queue/queue-worker.js';
import { warnOf } from '../queue/warn-of.js';
import { OperationAttempt } from './operation-attempt.js';
import { OperationRegistry } from './operation-registry.js';
import { type OperationRow, OperationsStore } from './operations.store.js';

/** Enough to catch up after an outage, and few enough to leave Stripe's rate limit and the database to callers. */
const CONCURRENCY = 4;

/** Resumes operations whose process died or whose outcome is unknown; each instance runs one worker. */
@Injectable()
export class OperationsWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(OperationsWorker.name);
  private readonly worker: QueueWorker<OperationRow>;
  private readonly pruning: PeriodicTask;

  constructor(
    store: OperationsStore,
    private readonly registry: OperationRegistry,
    private readonly attempt: OperationAttempt,
  ) {
    this.worker = new QueueWorker({
      concurrency: CONCURRENCY,
      prepare: () => store.forgetUnplanned(),
      take: () => store.takeDue(),
      work: (held) => this.resume(store, held),
      onError: warnOf(this.logger, 'Could not resume unfinished operations'),
    });
    this.pruning = new PeriodicTask(
      async () => {
        await store.prune();
        await store.forgetSecrets();
      },
      PRUNE_MS,
      warnOf(this.logger, 'Could not delete old operations'),
    );
  }

  onApplicationBootstrap(): void {
    this.worker.start();
    this.pruning.start();
  }

  /** Starts no further attempt, and waits for those that are running. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.worker.stop(), this.pruning.stop()]);
  }

  /** Resumes the operation that has been due for longest; false if none is due. */
  resumeNext(): Promise<boolean> {
    return this.worker.workNext();
  }

  private async resume(store: OperationsStore, held: OperationRow): Promise<void> {
    const kind = this.registry.find(held.kind);
    // Another version of this service has started it, and will finish it.
    if (!kind) await store.retryLater(held);
    else await this.attempt.resume(kind, held).catch((problem: Problem) => this.logFailure(held, problem));
  }

  /** There is no caller who would see it. What hides the outcome is logged already. */
  private logFailure({ id }: OperationRow, problem: Problem): void {
    if (problem.status >= 500 && !isRefusedBesides(problem))
      this.logger.warn(describeFailure(problem.with({ operationId: id })));
  }
}
