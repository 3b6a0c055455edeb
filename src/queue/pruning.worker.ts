import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { PeriodicTask, PRUNE_MS } from './periodic-task.js';
import { warnOf } from './warn-of.js';

/** Deletes old rows every ten minutes; each instance runs one. */
export abstract class PruningWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly pruning: PeriodicTask;

  /** @param failure what the log says, before the error, if `prune` fails; the next run tries again */
  protected constructor(prune: () => Promise<void>, failure: string) {
    this.pruning = new PeriodicTask(prune, PRUNE_MS, warnOf(new Logger(new.target.name), failure));
  }

  onApplicationBootstrap(): void {
    this.pruning.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.pruning.stop();
  }
}
