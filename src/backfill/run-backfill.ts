import type { Clock } from '#core/clock.js';
import type { StripeConnection } from '#stripe/stripe-connection.js';
import type { Mode } from '../config/mode.js';
import { LostCustomersStore } from '../customers/lost-customers.store.js';
import type { Database } from '../database/database.js';
import { Outbox } from '../notifications/outbox.store.js';
import { FinishedChargeStore } from '../payments/finished-charge.store.js';
import { PaymentNotifier } from '../payments/payment-notifier.js';
import { PaymentReader } from '../payments/payment-reader.stripe.js';
import { PaymentListStore } from '../payments/payment-list.store.js';
import { PaymentRecordStore } from '../payments/payment-record.store.js';
import { PaymentRecorder } from '../payments/payment-recorder.service.js';
import { PaymentReferences } from '../payments/payment-references.stripe.js';
import { SubscriptionNotifier } from '../payments/subscription-notifier.js';
import { ReplacementPages } from '../payments/replacement-pages.stripe.js';
import { ReplacementsStore } from '../payments/replacements.store.js';
import { SubscriptionReader } from '../payments/subscription-reader.stripe.js';
import { SubscriptionRecordStore } from '../payments/subscription-record.store.js';
import { SubscriptionRecorder } from '../payments/subscription-recorder.service.js';
import { NO_TRACING } from '../tracing/tracing.js';
import { EventWalkStore } from '../webhooks/event-walk.store.js';
import { Backfill, type BackfillProgress, type BackfillResult } from './backfill.js';
import { BackfillStore } from './backfill.store.js';
import { BackfillStripe } from './backfill.stripe.js';
import { PacedStripe } from './paced.stripe.js';

/** What a backfill works with. */
export interface BackfillOptions {
  database: Database;
  connection: StripeConnection;
  clock: Clock;
  /** That the account's customers belong to. */
  mode: Mode;
  /** The whole account if null. */
  since: Date | null;
  /** By default a fifth of Stripe's limit. */
  readsPerSecond?: number;
  report: (progress: BackfillProgress) => void;
}

/** Runs a {@link Backfill} without the application, whose workers would start. */
export function runBackfill({
  database,
  connection,
  clock,
  mode,
  since,
  readsPerSecond,
  report,
}: BackfillOptions): Promise<BackfillResult> {
  const stripe = new PacedStripe(connection, clock, readsPerSecond);
  const payments = new PaymentRecordStore(database, clock);
  const subscriptions = new SubscriptionRecordStore(database, clock);
  const references = new PaymentReferences(stripe);
  const pages = new ReplacementPages(stripe);
  const outbox = new Outbox(clock, NO_TRACING);
  const backfill = new Backfill(
    clock,
    new BackfillStore(database),
    new BackfillStripe(stripe),
    new LostCustomersStore(database, clock, mode),
    new PaymentListStore(database),
    new PaymentRecorder(
      database,
      payments,
      new FinishedChargeStore(database, outbox),
      new PaymentReader(stripe, references, pages),
      new PaymentNotifier(outbox, payments),
      subscriptions,
      new ReplacementsStore(database),
      pages,
      clock,
    ),
    new SubscriptionRecorder(
      database,
      subscriptions,
      payments,
      new SubscriptionReader(stripe, references),
      new SubscriptionNotifier(outbox, payments),
      clock,
    ),
    new EventWalkStore(database),
  );
  return backfill.run(since, report);
}
