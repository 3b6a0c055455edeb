import type Stripe from 'stripe';
import type { OwnedSubscription } from '../customers/owner-subscriptions.js';
import { CHANGE_ID } from '../customers/owner-subscriptions.stripe.js';

/** An update of a subscription that leaves its operation's id there, so that a look-up can tell later whether it was made. */
export interface TracedUpdate {
  update: Stripe.SubscriptionUpdateParams;
  /** Of the change before it; null if there was none, and absent from plans of earlier versions, whose updates leave no id. */
  previousChangeId?: string | null;
}

/** What a look-up has proved about a change: that it was made, that it was not, or neither. */
export type Proof = 'done' | 'not-done' | 'unknown';

/** Adds the id of an operation to an update that is planned for a subscription. */
export function tracedUpdate(
  { changeId: previousChangeId }: OwnedSubscription,
  update: Stripe.SubscriptionUpdateParams,
  operationId: string,
): TracedUpdate {
  return { update: { ...update, metadata: { [CHANGE_ID]: operationId } }, previousChangeId };
}

/**
 * Whether an update was made, whatever has become of the subscription since. What it is for tells nothing: the Dashboard, or
 * the next phase of a schedule, may have made or undone the same. If neither the id of the operation is there, nor the one from
 * before it, another change was made in the meantime, before or after this one.
 */
export function proofOf(
  { changeId }: Pick<OwnedSubscription, 'changeId'>,
  { previousChangeId }: Pick<TracedUpdate, 'previousChangeId'>,
  operationId: string,
): Proof {
  if (changeId === operationId) return 'done';
  return changeId === previousChangeId ? 'not-done' : 'unknown';
}
