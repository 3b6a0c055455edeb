import type { Currency } from '#core/currency.js';
import type { Problem } from '#core/problem.js';

/** A Stripe Charge: one attempt to take money from a card. https://docs.stripe.com/api/charges/object */
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

/** How much to charge, and which saved card. */
export interface ChargeCommand {
  amountMinor: number;
  currency: Currency;
  description: string;
  paymentMethodId: string;
  /** Stored with the payment at Stripe. */
  metadata?: Readonly<Record<string, string>>;
  /** What the statement of the card shows after the name of the merchant. */
  statementDescriptorSuffix?: string;
  /** Only reserves the money, which is then captured or released: docs/adr/0020-capture-and-cancel.md. */
  isManualCapture?: boolean;
  /** Where the customer goes after completing the payment on the confirm page. */
  returnUrl?: string;
}

/** Another card would be declined for the same reason: https://docs.stripe.com/declines/codes */
const DECLINED_WITH_ANY_CARD = new Set<string | undefined>(['duplicate_transaction']);

/** Whether the customer can pay after a decline, by authenticating or with another card. */
export function isMendable({ extras }: Problem): boolean {
  return !DECLINED_WITH_ANY_CARD.has(extras.declineCode);
}
