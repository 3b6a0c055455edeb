import type { NotificationType } from '../notifications/notification-types.js';
import type { PaymentDispute, PaymentRefund, RecordedPayment } from './payment.js';

/** What has become of a payment, to notify callers of. */
export interface PaymentFact {
  type: NotificationType;
  subject: string;
  refund?: PaymentRefund;
  dispute?: PaymentDispute;
}

/** The parts of a payment that decide what there is to notify of. */
export type FactSource = Pick<
  RecordedPayment,
  'paymentId' | 'type' | 'stage' | 'status' | 'checkoutStatus' | 'refunds' | 'disputes'
>;

/**
 * What happened to a payment between two versions of its record.
 *
 * @param before undefined for a new payment
 */
export function factsOf(before: FactSource | undefined, after: FactSource): PaymentFact[] {
  return [
    ...checkoutFacts(before, after),
    ...stageFacts(before, after).map((type) => ({ type, subject: after.paymentId })),
    ...after.refunds.flatMap((refund) => refundFacts(before, after, refund)),
    ...after.disputes.flatMap((dispute) => disputeFacts(before, after, dispute)),
  ];
}

function stageFacts(before: FactSource | undefined, after: FactSource): NotificationType[] {
  // A payment that has succeeded stays so. https://docs.stripe.com/payments/paymentintents/lifecycle
  if (before?.stage === after.stage || before?.stage === 'succeeded') return [];
  const failed =
    after.status === 'FAILED' && before?.status !== 'FAILED' ? (['payment.failed'] as const) : [];
  switch (after.stage) {
    case 'succeeded':
      return ['payment.succeeded'];
    case 'processing':
      return ['payment.processing'];
    case 'action_required':
      return ['payment.action_required'];
    case 'canceled':
      return ['payment.canceled', ...failed];
    case 'failed':
    case 'expired':
      return [...failed];
    case 'open':
      return [];
  }
}

/** Those of a subscription are facts about the subscription. */
function checkoutFacts(before: FactSource | undefined, after: FactSource): PaymentFact[] {
  const { checkoutStatus, type, paymentId: subject } = after;
  if (
    type === 'subscription' ||
    checkoutStatus === null ||
    checkoutStatus === 'open' ||
    before?.checkoutStatus === checkoutStatus
  ) {
    return [];
  }
  return [{ type: checkoutStatus === 'complete' ? 'checkout.completed' : 'checkout.expired', subject }];
}

function refundFacts(
  before: FactSource | undefined,
  { paymentId }: FactSource,
  refund: PaymentRefund,
): PaymentFact[] {
  const known = before?.refunds.find(({ refundId }) => refundId === refund.refundId);
  if (known?.status === refund.status || refund.status === 'PENDING') return [];
  const type = refund.status === 'SUCCEEDED' ? 'refund.succeeded' : 'refund.failed';
  return [{ type, subject: paymentId, refund }];
}

function disputeFacts(
  before: FactSource | undefined,
  { paymentId }: FactSource,
  dispute: PaymentDispute,
): PaymentFact[] {
  const known = before?.disputes.find(({ disputeId }) => disputeId === dispute.disputeId);
  const isClosed = dispute.status !== 'OPEN';
  return [
    ...(known ? [] : [{ type: 'dispute.opened' as const, subject: paymentId, dispute }]),
    ...(isClosed && (known?.status ?? 'OPEN') === 'OPEN'
      ? [{ type: 'dispute.closed' as const, subject: paymentId, dispute }]
      : []),
  ];
}
