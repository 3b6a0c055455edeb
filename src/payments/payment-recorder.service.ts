import { Injectable } from '@nestjs/common';
import { Clock } from '#core/clock.js';
import type { Transaction } from '../database/database.js';
import { type PaymentOperation, type PaymentSnapshot, statusOf } from './payment.js';
import { factsOf } from './payment-facts.js';
import { PaymentNotifier } from './payment-notifier.js';
import { PaymentRecordStore } from './payment-record.store.js';
import type { TimelineEntry } from './payment-timeline.js';

/** What an operation has learned about its payment from one answer of Stripe's. */
export interface ObservedPayment {
  snapshot: PaymentSnapshot;
  /** Stripe's id of the call. */
  requestId: string | undefined;
}

/** Keeps the record of payments right: docs/adr/0012-record-of-payments.md. */
@Injectable()
export class PaymentRecorder {
  constructor(
    private readonly store: PaymentRecordStore,
    private readonly notifier: PaymentNotifier,
    private readonly clock: Clock,
  ) {}

  /** Records the payment that an operation has started, in the transaction of the operation's outcome. */
  async recordOutcome(
    transaction: Transaction,
    { snapshot, requestId }: ObservedPayment,
    { operationId, caller }: PaymentOperation,
  ): Promise<void> {
    const at = this.clock.now().toISOString();
    const timeline: TimelineEntry[] = [
      { at, kind: 'request', operationId },
      ...(requestId === undefined ? [] : [{ at, kind: 'stripe' as const, requestId }]),
      { at, kind: 'change', from: null, to: statusOf(snapshot.stage) },
    ];
    const inserted = await this.store.insertOutcome(transaction, snapshot, { operationId, caller }, timeline);
    if (inserted) await this.notifier.notify(transaction, inserted, factsOf(undefined, inserted));
  }
}
