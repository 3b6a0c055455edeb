import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { PeriodicTask, PRUNE_MS } from '../queue/periodic-task.js';
import { warnOf } from '../queue/warn-of.js';
import { TaxIdAdditionsStore } from './tax-id-additions.store.js';
import { TaxIdEndsStore } from './tax-id-ends.store.js';

/** Deletes what is not needed any more of the tax ids that were set; each instance runs one. */
@Injectable()
export class TaxIdEndsWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly pruning: PeriodicTask;

  constructor(ends: TaxIdEndsStore, additions: TaxIdAdditionsStore) {
    this.pruning = new PeriodicTask(
      async () => {
        await ends.prune();
        await additions.prune();
      },
      PRUNE_MS,
      warnOf(new Logger(TaxIdEndsWorker.name), 'Could not delete what is known of tax ids'),
    );
  }

  onApplicationBootstrap(): void {
    this.pruning.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.pruning.stop();
  }
}
