import { setTimeout as delay } from 'node:timers/promises';
import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { isMissing } from '#stripe/stripe-errors.js';
import { toProblem } from '../database/to-problem.js';
import { describeFailure } from '../logging/describe-failure.js';
import { underLease } from '../queue/lease.js';
import { PeriodicTask, PRUNE_MS } from '../queue/periodic-task.js';
import { QueueWorker } from '../queue/queue-worker.js';
import { warnOf } from '../queue/warn-of.js';
import { type NewSpan, Tracing } from '../tracing/tracing.js';
import { EventHandlers } from './event-handlers.js';
import { EventTargetsStore, type FailedState, type TargetRow } from './event-targets.store.js';
import { EventsStore } from './events.store.js';
import type { WaitingEvent } from './stripe-event.js';

/** A handler may hold a connection to the database while Stripe answers, and most of them are for callers. */
const CONCURRENCY = 3;
/**
 * A turn takes at least this long, so that a backlog leaves room for callers: an instance handles at most 20 objects a second.
 * Stripe allows 25 requests a second to one endpoint: https://docs.stripe.com/rate-limits
 */
const TURN_MIN_MS = 150;
const FAILURES: Record<FailedState, string> = {
  stored: 'Could not handle events; they are tried again',
  dead: 'Events are dead',
  lost: 'Could not handle events; another attempt has taken them over',
};

/** Handles stored events, one object at a time; each instance runs one worker. */
@Injectable()
export class EventsWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(EventsWorker.name);
  private readonly worker: QueueWorker<TargetRow>;
  private readonly pruning: PeriodicTask;

  constructor(
    events: EventsStore,
    private readonly targets: EventTargetsStore,
    private readonly handlers: EventHandlers,
    tracing: Tracing,
  ) {
    this.worker = new QueueWorker({
      concurrency: CONCURRENCY,
      take: () => targets.takeDue(),
      work: async (held) => {
        const end = delay(TURN_MIN_MS);
        await underLease(
          () => targets.renew(held),
          () => tracing.inSpan(spanOf(held), () => this.handle(held)),
        );
        await end;
      },
      onError: warnOf(this.logger, 'Could not handle events'),
    });
    this.pruning = new PeriodicTask(
      () => events.prune(),
      PRUNE_MS,
      warnOf(this.logger, 'Could not delete old events'),
    );
  }

  onApplicationBootstrap(): void {
    this.worker.start();
    this.pruning.start();
  }

  /** Handles no further events, and waits for those that are being handled. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.worker.stop(), this.pruning.stop()]);
  }

  /** Handles what is due now, instead of at the next poll. */
  wake(): void {
    this.worker.wake();
  }

  private async handle(held: TargetRow): Promise<void> {
    const events = await this.targets.waitingEvents(held);
    try {
      await this.handlers.handle(held, events);
      await this.targets.finish(held, events);
    } catch (error) {
      if (isMissing(error)) await this.ignore(held, events);
      else await this.retryLater(held, events, error);
    }
  }

  /** An object that our key can't see, such as one of another account, will not appear later. */
  private async ignore(held: TargetRow, events: readonly WaitingEvent[]): Promise<void> {
    const msg = 'Stripe does not know the object of this event';
    for (const { id, type, objectId } of events) this.logger.warn({ event: id, type, objectId, msg });
    await this.targets.finish(held, events, msg);
  }

  private async retryLater(held: TargetRow, events: readonly WaitingEvent[], error: unknown): Promise<void> {
    const problem = toProblem(error, 'internal-error');
    const state = await this.targets.fail(held, events, problem.slug);
    const msg = FAILURES[state];
    const failure = { ...describeFailure(problem), target: held.id, events: events.length, msg };
    if (state === 'dead') this.logger.error({ ...failure, alert: true });
    else this.logger.warn(failure);
  }
}

function spanOf({ kind, objectId }: TargetRow): NewSpan {
  return { name: `events of ${kind}`, attributes: { 'stripe.object_id': objectId } };
}
