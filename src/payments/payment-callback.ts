import type { NotificationType } from '../notifications/notification-types.js';
import type { RecordedPayment } from './payment.js';

/** The outcome of a payment in the form of the contract of `/pay`, for `PAYMENT_CALLBACK_URL`. */
export interface PaymentCallback extends Record<string, unknown> {
  providerName: 'stripe';
  /** `CREDITCARD` for a card, otherwise Stripe's type of the payment method in capitals, such as `SEPA_DEBIT`. */
  paymentType: string;
  isSuccessful: boolean;
  resultDescription: string;
  paymentID: string;
  shopTransactionID: string | null;
}

/**
 * The callback for a notification; undefined if it reports no final outcome.
 *
 * @param paymentId as `/pay` returned it, of a renewal too
 */
export function callbackOf(
  type: NotificationType,
  { shopTransactionId, methodType }: Pick<RecordedPayment, 'shopTransactionId' | 'methodType'>,
  paymentId: string,
): PaymentCallback | undefined {
  if (type !== 'payment.succeeded' && type !== 'payment.failed') return undefined;
  const isSuccessful = type === 'payment.succeeded';
  return {
    providerName: 'stripe',
    paymentType: paymentTypeOf(methodType),
    isSuccessful,
    resultDescription: isSuccessful ? 'The payment has succeeded.' : 'The payment has failed.',
    paymentID: paymentId,
    shopTransactionID: shopTransactionId,
  };
}

/** A payment without an attempt has no method. It is named after the one that `/pay` offers by default. */
function paymentTypeOf(methodType: string | null): string {
  return methodType === null || methodType === 'card' ? 'CREDITCARD' : methodType.toUpperCase();
}
