import { Injectable } from '@nestjs/common';
import { Clock } from '#core/clock.js';
import type { Transaction } from '../database/database.js';
import type { PaymentOperation, PaymentRefund } from './payment.js';
import { factsOf } from './payment-facts.js';
import { PaymentNotifier } from './payment-notifier.js';
import { PaymentRecordStore } from './payment-record.store.js';
import { requestEntries, type TimelineEntry } from './payment-timeline.js';

/** What an operation has learned about its refund from one answer of Stripe's. */
export interface ObservedRefund {
  refund: PaymentRefund;
  /** Undefined for a Charge that was made without one, which is not in the record. */
  paymentIntentId: string | undefined;
  /** Stripe's id of the call. */
  requestId: string | undefined;
}

/** Records the refunds that operations make. Their later states come with events, as `PaymentRecorder` writes them. */
@Injectable()
export class RefundRecorder {
  constructor(
    private readonly store: PaymentRecordStore,
    private readonly notifier: PaymentNotifier,
    private readonly clock: Clock,
  ) {}

  /**
   * Records a refund in the transaction of its operation's outcome. If an event was first, Stripe was asked later than the
   * outcome's answer, so the state stays. A payment that is not in the record is left to the events.
   */
  async recordOutcome(
    transaction: Transaction,
    { refund, paymentIntentId, requestId }: ObservedRefund,
    { operationId }: Pick<PaymentOperation, 'operationId'>,
  ): Promise<void> {
    const before =
      paymentIntentId === undefined ? undefined : await this.store.lock(transaction, paymentIntentId);
    if (!before) return;
    const { refundId, status } = refund;
    const isNew = !before.refunds.some((known) => known.refundId === refundId);
    const at = this.clock.now().toISOString();
    const timeline: TimelineEntry[] = [
      ...requestEntries(at, operationId, requestId),
      ...(isNew ? [{ at, kind: 'change' as const, objectId: refundId, from: null, to: status }] : []),
    ];
    const after = await this.store.addRefund(transaction, before, isNew ? refund : undefined, timeline);
    await this.notifier.notify(transaction, after, factsOf(before, after));
  }
}
