import type { InvoicePreview } from './user-subscription.js';
import type { WantedItem } from './item-changes.js';

/** What happens to the rest of the period: nothing, or it is settled with the next invoice or with one at once. */
export const PRORATIONS = ['none', 'next', 'now'] as const;
export type Proration = (typeof PRORATIONS)[number];

export const CHANGE_TIMES = ['now', 'endOfPeriod'] as const;
/** When a change takes place: at the end of the period there is nothing to prorate. */
export type ChangeTime = (typeof CHANGE_TIMES)[number];

/** A change of what a subscription is for. */
export interface ChangeCommand {
  /** The subscription, or one of its payments. */
  paymentId: string;
  /** All that it is for afterwards. */
  items: readonly WantedItem[];
  proration: Proration;
  at: ChangeTime;
  /** That of a preview, whose amount is to be charged. */
  prorationDate?: Date | undefined;
}

/** What a change costs. */
export interface ChangePreview extends InvoicePreview {
  prorationDate: Date;
  /** The renewal after it; null if the subscription ends before. */
  next: { amountDueMinor: number; at: Date } | null;
}
