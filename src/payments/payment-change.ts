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
  before: Pick<RecordedPayment, 'paymentId' | 'type' | 'shopTransactionId'>,
  { snapshot, refunds, disputes }: Pick<ReadPayment, 'snapshot' | 'refunds' | 'disputes'>,
): PaymentChange {
  const { createdAt: _createdAt, ...current } = snapshot;
  return {
    ...current,
    // One that is paid on a page in place of its PaymentIntent stays what it was.
    type: current.sessionId === null || current.sessionId === before.paymentId ? current.type : before.type,
    shopTransactionId: before.shopTransactionId ?? current.shopTransactionId,
    status: statusOf(current.stage),
    refundedMinor: refundedMinorOf(refunds),
    disputedMinor: disputedMinorOf(disputes),
  };
}
