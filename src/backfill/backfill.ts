import { setTimeout } from 'node:timers/promises';
import type { Clock } from '#core/clock.js';
import { Problem, PROBLEMS } from '#core/problem.js';
import { BACKGROUND } from '#core/request-context.js';
import { isRefusedBesides } from '#stripe/stripe-errors.js';
import type { LostCustomersStore } from '../customers/lost-customers.store.js';
import type { PaymentListStore } from '../payments/payment-list.store.js';
import type { PaymentRecorder } from '../payments/payment-recorder.service.js';
import type { SubscriptionRecorder } from '../payments/subscription-recorder.service.js';
import type { EventWalkStore } from '../webhooks/event-walk.store.js';
import { type BackfillItem, type BackfillStep, backfillSteps } from './backfill-item.js';
import type { BackfillRow, BackfillStore } from './backfill.store.js';
import type { BackfillStripe } from './backfill.stripe.js';

const ATTEMPTS_MAX = 5;
const FIRST_WAIT_MS = 1_000;

/** How far a backfill is. */
export interface BackfillProgress {
  step: BackfillStep;
  /** Of the object that was read last; lists are newest first. */
  createdAt: Date;
  itemCount: number;
}

/** What a backfill has read. */
export interface BackfillResult {
  itemCount: number;
  /** The ids of the objects that Stripe refused to show. */
  skipped: string[];
  /** Whether it has gone on from where an earlier one was interrupted. */
  wasResumed: boolean;
}

/**
 * Brings the record up to date with the whole account, and notifies nobody. Customers that were created for users, and that
 * the database has lost, are linked again first, so that payments find their users. Payments are read one after the other by the
 * recorder that handles events. One that is interrupted goes on after the last payment that it has read. An object that
 * Stripe refuses to show is left out.
 */
export class Backfill {
  constructor(
    private readonly clock: Clock,
    private readonly store: BackfillStore,
    private readonly stripe: BackfillStripe,
    private readonly customers: LostCustomersStore,
    private readonly payments: PaymentListStore,
    private readonly recorder: PaymentRecorder,
    private readonly subscriptions: SubscriptionRecorder,
    private readonly walk: EventWalkStore,
  ) {}

  /**
   * Reads all payments that were created, refunded or disputed since then, or are undecided; everything if null.
   *
   * @throws {Error} if another backfill is running
   * @throws {Problem} if Stripe or the database cannot be reached for some time
   */
  run(since: Date | null, report: (progress: BackfillProgress) => void): Promise<BackfillResult> {
    return this.store.withLock(async () => {
      const unfinished = await this.store.unfinished();
      const wasResumed = unfinished !== undefined && unfinished.since?.getTime() === since?.getTime();
      const row = wasResumed ? unfinished : await this.store.start(since, this.clock.now(), 'customers');
      const { itemCount, skipped } = await this.readAll(row, report);
      await this.walk.clearBackfillNeeded(since);
      await this.store.finish();
      return { itemCount, skipped, wasResumed };
    });
  }

  private async readAll(
    row: BackfillRow,
    report: (progress: BackfillProgress) => void,
  ): Promise<Pick<BackfillResult, 'itemCount' | 'skipped'>> {
    let { itemCount } = row;
    const { skipped } = row;
    const steps = backfillSteps(row.since);
    for (const step of steps.slice(steps.indexOf(row.step))) {
      const after = step === row.step ? (row.lastId ?? undefined) : undefined;
      for await (const items of this.pages(step, row.since, after)) {
        for (const item of items) {
          const isRead = await withRetries(() => this.read(item));
          if (isRead) itemCount += 1;
          else skipped.push(item.id);
          await this.store.moveTo({ step, lastId: item.id, itemCount, skipped });
          report({ step, createdAt: item.createdAt, itemCount });
        }
      }
    }
    return { itemCount, skipped };
  }

  private pages(
    step: BackfillStep,
    since: Date | null,
    after: string | undefined,
  ): AsyncIterable<BackfillItem[]> {
    // Only a backfill since an instant has this step.
    return step === 'undecided_payments'
      ? this.undecidedPages(since as Date, after)
      : this.stripe.pages(step, since, after);
  }

  /** Payments of before that may have changed since. */
  private async *undecidedPages(since: Date, after: string | undefined): AsyncGenerator<BackfillItem[]> {
    let last = after;
    do {
      const rows = await this.payments.undecidedBefore(since, last);
      yield rows.map(({ paymentId: id, createdAt, sessionId, paymentIntentId }) => ({
        id,
        createdAt,
        ...(paymentIntentId === null ? { sessionId: sessionId ?? undefined } : { paymentIntentId }),
      }));
      last = rows.at(-1)?.paymentId;
    } while (last !== undefined);
  }

  private async read({ id, owner, sessionId, paymentIntentId, subscriptionId }: BackfillItem): Promise<void> {
    if (owner) await this.customers.link(owner, id);
    else if (paymentIntentId !== undefined) {
      await this.recorder.refreshIntent(BACKGROUND, paymentIntentId, [], 'nothing');
    } else if (subscriptionId !== undefined) {
      await this.subscriptions.refreshSubscription(BACKGROUND, subscriptionId, [], false);
    } else if (sessionId !== undefined) {
      const payment = await this.recorder.refreshSession(BACKGROUND, sessionId, [], 'nothing');
      if (payment?.type === 'subscription')
        await this.subscriptions.refreshSession(BACKGROUND, sessionId, [], false);
    }
  }
}

/** Reads an object, again after a failure that may pass; false if Stripe refuses to show it. */
async function withRetries(read: () => Promise<void>): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await read();
      return true;
    } catch (error) {
      if (isRefusedBesides(error)) return false;
      if (isStarting(error)) return true;
      if (attempt === ATTEMPTS_MAX || !(error instanceof Problem) || !PROBLEMS[error.slug].retryable)
        throw error;
      await setTimeout(FIRST_WAIT_MS * 2 ** (attempt - 1));
    }
  }
}

/** Whether the operation that starts a payment has no outcome yet. It records the payment when it ends. */
function isStarting(error: unknown): boolean {
  return error instanceof Problem && error.slug === 'in-progress';
}
