import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Problem } from '#core/problem.js';
import { withoutQuery } from '../database/without-query.js';
import { describeFailure } from '../logging/describe-failure.js';
import { OperationAttempt } from './operation-attempt.js';
import { OperationRegistry } from './operation-registry.js';
import { type OperationRow, OperationsStore } from './operations.store.js';

const POLL_MS = 1_000;
const PRUNE_MS = 10 * 60 * 1000;
/** Enough to catch up after an outage, and few enough to leave Stripe's rate limit and the database to callers. */
const CONCURRENCY = 4;

/** Resumes operations whose process died or whose outcome is unknown; each instance runs one worker. */
@Injectable()
export class OperationsWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(OperationsWorker.name);
  private readonly timers: NodeJS.Timeout[] = [];
  private working?: Promise<void>;
  private stopped = false;

  constructor(
    private readonly store: OperationsStore,
    private readonly registry: OperationRegistry,
    private readonly attempt: OperationAttempt,
  ) {}

  onApplicationBootstrap(): void {
    this.timers.push(
      setInterval(() => void (this.working ??= this.work()), POLL_MS),
      setInterval(() => void this.prune(), PRUNE_MS),
    );
  }

  /** Starts no further attempt, and waits for those that are running. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    this.timers.forEach(clearInterval);
    await this.working;
  }

  /** Resumes the operation that has been due for longest; false if none is due. */
  async resumeNext(): Promise<boolean> {
    const held = await this.store.takeDue();
    if (!held) return false;
    const kind = this.registry.find(held.kind);
    // Another version of this service has started it, and will finish it.
    if (!kind) await this.store.retryLater(held);
    else await this.attempt.resume(kind, held).catch((problem: Problem) => this.logFailure(held, problem));
    return true;
  }

  private async work(): Promise<void> {
    try {
      await this.store.forgetUnplanned();
      await Promise.all(Array.from({ length: CONCURRENCY }, () => this.resumeAll()));
    } catch (error) {
      this.logger.warn(`Could not resume unfinished operations: ${String(withoutQuery(error))}`);
    } finally {
      this.working = undefined;
    }
  }

  private async resumeAll(): Promise<void> {
    while (!this.stopped && (await this.resumeNext()));
  }

  private async prune(): Promise<void> {
    try {
      await this.store.prune();
    } catch (error) {
      this.logger.warn(`Could not delete old operations: ${String(withoutQuery(error))}`);
    }
  }

  /** There is no caller who would see it. */
  private logFailure({ id }: OperationRow, problem: Problem): void {
    if (problem.status >= 500) this.logger.warn(describeFailure(problem.with({ operationId: id })));
  }
}
