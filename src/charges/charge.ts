import type { Currency } from '#core/currency.js';

/** Money taken or tried to be taken from a card: a Stripe Charge. */
export interface Charge {
  id: string;
  amountMinor: number;
  amountRefundedMinor: number;
  currency: string;
  status: 'succeeded' | 'pending' | 'failed';
  paid: boolean;
  refunded: boolean;
  description: string | null;
  createdAt: Date;
  card: { brand: string | null; last4: string | null } | null;
  receiptUrl: string | null;
  paymentIntentId: string | null;
}

/** What to take, and from which card. */
export interface ChargeCommand {
  amountMinor: number;
  currency: Currency;
  description: string;
  paymentMethodId: string;
}
