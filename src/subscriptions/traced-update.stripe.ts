import type Stripe from 'stripe';
import type { OwnedSubscription } from '../customers/owner-subscriptions.js';
import { CHANGE_ID } from '../customers/owner-subscriptions.stripe.js';
import { hasItems, type WantedItem } from './item-changes.js';

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
 * Whether an operation has left its id. An id that was there before the plan is that of an earlier request with the same key,
 * whose operation is no longer stored.
 */
export function hasTrace(
  { changeId }: Pick<OwnedSubscription, 'changeId'>,
  { previousChangeId }: Pick<TracedUpdate, 'previousChangeId'>,
  operationId: string,
): boolean {
  return changeId === operationId && previousChangeId !== operationId;
}

/**
 * Whether an update was made, whatever has become of the subscription since. That it is as the update would make it proves
 * nothing: the Dashboard, or the next phase of a schedule, may have made or undone the same. If neither the id of the operation
 * is there, nor the one from before it, another change was made in the meantime, before or after this one. If the one from
 * before is there, and the subscription is as planned, a phase of a schedule may have put that id back.
 */
export function proofOf(current: OwnedSubscription, plan: TracedUpdate, operationId: string): Proof {
  if (hasTrace(current, plan, operationId)) return 'done';
  const { changeId } = current;
  const isUntouched = changeId === plan.previousChangeId && changeId !== operationId;
  return isUntouched && !isAsPlanned(current, plan.update) ? 'not-done' : 'unknown';
}

/** Whether a subscription is as an update would make it. */
function isAsPlanned(
  { items, isPaused, cancelAt, cancelAtPeriodEnd }: OwnedSubscription,
  { items: wanted, pause_collection: pause, ...end }: Stripe.SubscriptionUpdateParams,
): boolean {
  if (wanted) return hasItems(items, wanted.filter(({ deleted }) => !deleted).map(toWanted));
  if (pause !== undefined) return isPaused === (pause !== '');
  if (end.cancel_at_period_end) return cancelAtPeriodEnd;
  return cancelAt === (end.cancel_at || null);
}

function toWanted({ price = '', quantity = 1 }: Stripe.SubscriptionUpdateParams.Item): WantedItem {
  return { priceId: price, quantity };
}
