import {
  disputedMinorOf,
  type PaymentSnapshot,
  type RecordedPayment,
  refundedMinorOf,
  statusOf,
} from './payment.js';
import type { ReadPayment } from './payment-reader.stripe.js';

/** The fields of a recorded payment that follow Stripe. */
export type PaymentChange = Omit<PaymentSnapshot, 'createdAt'> &
  Pick<RecordedPayment, 'status' | 'refundedMinor' | 'disputedMinor'>;

/** What a recorded payment gets from a newer answer of Stripe's. The caller's own id, once known, stays. */
export function changeOf(
  before: Pick<RecordedPayment, 'shopTransactionId'>,
  { snapshot, refunds, disputes }: Pick<ReadPayment, 'snapshot' | 'refunds' | 'disputes'>,
): PaymentChange {
  const { createdAt: _createdAt, ...current } = snapshot;
  return {
    ...current,
    shopTransactionId: before.shopTransactionId ?? current.shopTransactionId,
    status: statusOf(current.stage),
    refundedMinor: refundedMinorOf(refunds),
    disputedMinor: disputedMinorOf(disputes),
  };
}
