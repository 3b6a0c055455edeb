import { isCurrency } from '#core/currency.js';
import { formatDecimalAmount } from '#core/money.js';
import type {
  DisputeStatus,
  PaymentDispute,
  PaymentRefund,
  PaymentStatus,
  PaymentType,
  RecordedPayment,
  RefundStatus,
} from './payment.js';

/** A refund as callers see it. */
export interface RefundView {
  refundID: string;
  amount: string;
  status: RefundStatus;
  createdAt: string;
}

/** A dispute as callers see it. */
export interface DisputeView {
  disputeID: string;
  amount: string;
  status: DisputeStatus;
  reason: string;
  dueBy: string | null;
}

/** A payment as callers see it, in answers and notifications. Amounts are decimals, instants ISO 8601 in UTC. */
export interface PaymentView {
  paymentID: string;
  type: PaymentType;
  status: PaymentStatus;
  shopTransactionID: string | null;
  tenant: string | null;
  userId: string | null;
  caller: string | null;
  operationId: string | null;
  amount: string;
  amountRefunded: string;
  amountDisputed: string;
  fee: string | null;
  net: string | null;
  currency: string;
  card: { brand: string | null; last4: string | null } | null;
  subscriptionID: string | null;
  stripe: {
    session: string | null;
    paymentIntent: string | null;
    charge: string | null;
    invoice: string | null;
    customer: string | null;
  };
  createdAt: string;
  updatedAt: string;
  version: number;
  refunds: RefundView[];
  disputes: DisputeView[];
}

/** Shows a payment of the record to callers. */
export function paymentView(payment: RecordedPayment): PaymentView {
  const { currency, cardBrand, cardLast4 } = payment;
  const amount = (minor: number) => decimalOf(minor, currency);
  return {
    paymentID: payment.paymentId,
    type: payment.type,
    status: payment.status,
    shopTransactionID: payment.shopTransactionId,
    tenant: payment.tenant,
    userId: payment.userId,
    caller: payment.caller,
    operationId: payment.operationId,
    amount: amount(payment.amountMinor),
    amountRefunded: amount(payment.refundedMinor),
    amountDisputed: amount(payment.disputedMinor),
    fee: payment.feeMinor === null ? null : amount(payment.feeMinor),
    net: payment.netMinor === null ? null : amount(payment.netMinor),
    currency,
    card: cardBrand === null && cardLast4 === null ? null : { brand: cardBrand, last4: cardLast4 },
    subscriptionID: payment.subscriptionId,
    stripe: {
      session: payment.sessionId,
      paymentIntent: payment.paymentIntentId,
      charge: payment.chargeId,
      invoice: payment.invoiceId,
      customer: payment.customerId,
    },
    createdAt: payment.createdAt.toISOString(),
    updatedAt: payment.updatedAt.toISOString(),
    version: payment.version,
    refunds: payment.refunds.map((refund) => refundView(refund, currency)),
    disputes: payment.disputes.map((dispute) => disputeView(dispute, currency)),
  };
}

export function refundView(
  { refundId, amountMinor, status, createdAt }: PaymentRefund,
  currency: string,
): RefundView {
  const amount = decimalOf(amountMinor, currency);
  return { refundID: refundId, amount, status, createdAt: createdAt.toISOString() };
}

export function disputeView(
  { disputeId, amountMinor, status, reason, dueBy }: PaymentDispute,
  currency: string,
): DisputeView {
  const amount = decimalOf(amountMinor, currency);
  return { disputeID: disputeId, amount, status, reason, dueBy: dueBy?.toISOString() ?? null };
}

/**
 * A decimal amount. A net amount is negative if the fee is higher than the payment. An amount in a currency that Paydesk
 * does not take, from Stripe's Dashboard, is shown in hundredths.
 */
export function decimalOf(amountMinor: number, currency: string): string {
  if (amountMinor < 0) return `-${decimalOf(-amountMinor, currency)}`;
  return formatDecimalAmount(amountMinor, isCurrency(currency) ? currency : 'usd');
}
