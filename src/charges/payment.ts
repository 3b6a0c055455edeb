import type { Currency } from '#core/currency.js';

/** Stripe's PaymentIntent statuses: https://docs.stripe.com/payments/paymentintents/lifecycle */
export type PaymentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'processing'
  | 'requires_capture'
  | 'canceled'
  | 'succeeded';

/** One attempt to collect an amount: a PaymentIntent. */
export interface Payment {
  id: string;
  createdAt: Date;
  description: string | null;
  amountMinor: number;
  currency: string;
  status: PaymentStatus;
}

/** What to take, and from which card. */
export interface ChargeCommand {
  amountMinor: number;
  currency: Currency;
  description: string;
  paymentMethodId: string;
}
