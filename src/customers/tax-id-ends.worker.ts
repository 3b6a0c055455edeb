import { Injectable } from '@nestjs/common';
import { Clock } from '#core/clock.js';
import { PruningWorker } from '../queue/pruning.worker.js';
import { TaxIdAdditionsStore } from './tax-id-additions.store.js';
import { TaxIdEndsStore } from './tax-id-ends.store.js';

/** Longer than Stripe knows the idempotency key under which a tax id is added, which is a day. */
const RETENTION_MS = 48 * 60 * 60 * 1000;

/** Deletes what is not needed any more of the tax ids that were set. */
@Injectable()
export class TaxIdEndsWorker extends PruningWorker {
  constructor(ends: TaxIdEndsStore, additions: TaxIdAdditionsStore, clock: Clock) {
    super(async () => {
      const before = new Date(clock.now().getTime() - RETENTION_MS);
      await ends.prune(before);
      await additions.prune(before);
    }, 'Could not delete what is known of tax ids');
  }
}
