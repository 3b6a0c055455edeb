import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Clock } from '#core/clock.js';
import { PeriodicTask, PRUNE_MS } from '../queue/periodic-task.js';
import { warnOf } from '../queue/warn-of.js';
import { TaxIdAdditionsStore } from './tax-id-additions.store.js';
import { TaxIdEndsStore } from './tax-id-ends.store.js';

/** Longer than Stripe knows the idempotency key under which a tax id is added, which is a day. */
const RETENTION_MS = 48 * 60 * 60 * 1000;

/** Deletes what is not needed any more of the tax ids that were set; each instance runs one. */
@Injectable()
export class TaxIdEndsWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly pruning: PeriodicTask;

  constructor(ends: TaxIdEndsStore, additions: TaxIdAdditionsStore, clock: Clock) {
    this.pruning = new PeriodicTask(
      async () => {
        const before = new Date(clock.now().getTime() - RETENTION_MS);
        await ends.prune(before);
        await additions.prune(before);
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
