import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Clock } from '#core/clock.js';
import { Settings } from '../config/settings.js';
import { toProblem } from '../database/to-problem.js';
import { describeFailure } from '../logging/describe-failure.js';
import { PeriodicTask } from '../queue/periodic-task.js';
import { EventWalkStore } from './event-walk.store.js';
import { EventWalkStripe } from './event-walk.stripe.js';
import { EventsStore } from './events.store.js';
import { EventsWorker } from './events.worker.js';
import type { StripeEvent } from './stripe-event.js';

/** Events may be listed a little late, and clocks differ. */
const OVERLAP_MS = 10 * 60 * 1000;
/** Stripe keeps events for 30 days: https://docs.stripe.com/api/events */
const STRIPE_KEEPS_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * Finds the events that Stripe could not deliver: walks its list of events at the start and then at an interval, one
 * instance at a time. What never arrived is handled like what did.
 *
 * Each walk lists what was created since the start of the last complete one, by our clock. The times of the events do not
 * matter, because events of test clocks carry other times: https://docs.stripe.com/billing/testing/test-clocks
 */
@Injectable()
export class EventWalk implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(EventWalk.name);
  private readonly task: PeriodicTask;
  private stopped = false;

  constructor(
    settings: Settings,
    private readonly clock: Clock,
    private readonly store: EventWalkStore,
    private readonly stripe: EventWalkStripe,
    private readonly events: EventsStore,
    private readonly worker: EventsWorker,
  ) {
    this.task = new PeriodicTask(
      () => store.withLock(() => this.walk()),
      settings.EVENTS_WALK_SECONDS * 1000,
      (error) => this.logFailure(error),
    );
  }

  onApplicationBootstrap(): void {
    this.task.start();
    void this.task.run();
  }

  /** Fetches no further page, and waits for the one that is being fetched. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await this.task.stop();
  }

  /** Walks now, unless a walk is running; that one is waited for. */
  run(): Promise<void> {
    return this.task.run();
  }

  private async walk(): Promise<void> {
    const startedAt = this.clock.now();
    const last = await this.store.find();
    const since = new Date((last?.startedAt ?? startedAt).getTime() - OVERLAP_MS);
    for await (const page of this.stripe.eventsSince(since)) {
      // The next start repeats an incomplete walk.
      if (this.stopped) return;
      await this.addMissing(page);
    }
    const isGap = startedAt.getTime() - since.getTime() > STRIPE_KEEPS_MS;
    if (isGap) {
      const msg = 'Stripe no longer has all events since the last walk: run npm run backfill';
      this.logger.error({ since: since.toISOString(), alert: true, msg });
    }
    await this.store.complete(startedAt, isGap ? { backfillNeededSince: since } : {});
  }

  private async addMissing(page: readonly StripeEvent[]): Promise<void> {
    // All of them are of our account and our mode, as a key lists no others.
    const handled = page.filter(({ target }) => target);
    if (handled.length === 0) return;
    const known = await this.events.findKnown(handled.map(({ id }) => id));
    const missing = handled.filter(({ id }) => !known.has(id));
    if (missing.length === 0) return;
    await this.events.addAll(missing, 'walk');
    this.worker.wake();
  }

  private logFailure(error: unknown): void {
    const msg = "Could not walk Stripe's list of events; the next walk tries again";
    this.logger.warn({ ...describeFailure(toProblem(error, 'internal-error')), msg });
  }
}
