import type { SubscriptionStatus } from './subscription-record.js';

/** Which subscriptions to list; an absent field does not restrict the list. */
export interface SubscriptionFilter {
  tenant?: string;
  userId?: string;
  status?: SubscriptionStatus;
}
