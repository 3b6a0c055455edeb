/** Stripe's PaymentIntent statuses: https://docs.stripe.com/payments/paymentintents/lifecycle */
export type PaymentIntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'processing'
  | 'requires_capture'
  | 'canceled'
  | 'succeeded';

/** A Stripe PaymentIntent, as the payment history shows it. */
export interface Payment {
  id: string;
  createdAt: Date;
  description: string | null;
  amountMinor: number;
  currency: string;
  status: PaymentIntentStatus;
}
