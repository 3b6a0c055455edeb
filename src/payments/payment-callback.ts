import type { NotificationType } from '../notifications/notification-types.js';
import type { RecordedPayment } from './payment.js';

/** The outcome of a payment in the form of the contract of `/pay`, for `PAYMENT_CALLBACK_URL`. */
export interface PaymentCallback extends Record<string, unknown> {
  providerName: 'stripe';
  paymentType: 'CREDITCARD';
  isSuccessful: boolean;
  resultDescription: string;
  paymentID: string;
  shopTransactionID: string | null;
}

/**
 * The callback for a notification; undefined if it reports no final outcome. All payments that Paydesk starts are card
 * payments.
 *
 * @param paymentId as `/pay` returned it, of a renewal too
 */
export function callbackOf(
  type: NotificationType,
  { shopTransactionId }: RecordedPayment,
  paymentId: string,
): PaymentCallback | undefined {
  if (type !== 'payment.succeeded' && type !== 'payment.failed') return undefined;
  const isSuccessful = type === 'payment.succeeded';
  return {
    providerName: 'stripe',
    paymentType: 'CREDITCARD',
    isSuccessful,
    resultDescription: isSuccessful ? 'The payment has succeeded.' : 'The payment has failed.',
    paymentID: paymentId,
    shopTransactionID: shopTransactionId,
  };
}
