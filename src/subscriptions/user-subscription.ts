import type { SubscriptionView } from '../payments/subscription-view.js';

/** A line of an invoice that is to come. */
export interface PreviewLine {
  description: string | null;
  /** Negative for a credit. */
  amountMinor: number;
  /** Whether it is for a part of a period, because of a change. */
  isProration: boolean;
  periodStart: Date;
  periodEnd: Date;
}

/** An invoice that is to come. */
export interface InvoicePreview {
  /** After the customer's balance. */
  amountDueMinor: number;
  currency: string;
  lines: PreviewLine[];
}

/** A running subscription of a user. */
export interface CurrentSubscription {
  subscription: SubscriptionView;
  product: { id: string; name: string | null };
  /** The next renewal; null if the subscription ends before. */
  pendingInvoice: (InvoicePreview & { at: Date }) | null;
}

/** A change to another Price. */
export interface UpgradeCommand {
  priceId: string;
  /** That of a preview, whose amount is to be charged. */
  prorationDate?: Date | undefined;
}
