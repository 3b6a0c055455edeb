import type { Owner } from '#core/actor.js';

/** What a backfill reads, in this order. */
export const BACKFILL_STEPS = [
  'customers',
  'payment_intents',
  'checkout_sessions',
  'subscriptions',
  'refunds',
  'disputes',
  'undecided_payments',
] as const;
export type BackfillStep = (typeof BACKFILL_STEPS)[number];

const WHOLE_ACCOUNT: readonly BackfillStep[] = [
  'customers',
  'payment_intents',
  'checkout_sessions',
  'subscriptions',
];

/** What a backfill since then reads. If all is read, whatever has changed later is read with its payment. */
export function backfillSteps(since: Date | null): readonly BackfillStep[] {
  return since === null ? WHOLE_ACCOUNT : BACKFILL_STEPS;
}

/** An object in a list, and what has to be read because of it. */
export interface BackfillItem {
  /** Its place in the list. */
  id: string;
  createdAt: Date;
  /** Whose customer the object is. */
  owner?: Owner | undefined;
  sessionId?: string | undefined;
  paymentIntentId?: string | undefined;
  subscriptionId?: string | undefined;
}
