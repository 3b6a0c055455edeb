import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { withoutQuery } from '../database/without-query.js';
import { OperationsService } from './operations.service.js';
import { OperationsStore } from './operations.store.js';

const POLL_MS = 1_000;
const PRUNE_MS = 10 * 60 * 1000;
/** Enough to catch up after an outage, little enough to leave room for callers. */
const RESUMED_AT_ONCE_MAX = 4;

/** Goes on with operations that died, or were left uncertain, on whichever instance comes first. */
@Injectable()
export class OperationsWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(OperationsWorker.name);
  private readonly timers: NodeJS.Timeout[] = [];
  private working?: Promise<void>;
  private stopped = false;

  constructor(
    private readonly operations: OperationsService,
    private readonly store: OperationsStore,
  ) {}

  onApplicationBootstrap(): void {
    this.timers.push(
      setInterval(() => void (this.working ??= this.work()), POLL_MS),
      setInterval(() => void this.prune(), PRUNE_MS),
    );
  }

  /** Takes on nothing new, and lets the attempts under way end. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    this.timers.forEach(clearInterval);
    await this.working;
  }

  private async work(): Promise<void> {
    try {
      await this.store.forgetUnplanned();
      await Promise.all(Array.from({ length: RESUMED_AT_ONCE_MAX }, () => this.resumeAll()));
    } catch (error) {
      this.logger.warn(`Unfinished operations wait: ${String(withoutQuery(error))}`);
    } finally {
      this.working = undefined;
    }
  }

  private async resumeAll(): Promise<void> {
    while (!this.stopped && (await this.operations.resumeOne()));
  }

  private async prune(): Promise<void> {
    try {
      await this.store.prune();
    } catch (error) {
      this.logger.warn(`Old operations are kept for now: ${String(withoutQuery(error))}`);
    }
  }
}
