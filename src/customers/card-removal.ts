import { Problem } from '#core/problem.js';
import type { DefaultPlan, PaymentDefaults, RemovalPlan } from './card-changes.stripe.js';
import type { SavedCard } from './customer.js';

/**
 * Plans the removal of the payment methods of a card. What they paid for is paid by the customer's default afterwards, which
 * need not be a card, or else by the newest card.
 *
 * @param cards all cards of the customer, newest first
 * @throws {Problem} `invalid-state` if nothing else can pay for a subscription
 */
export function planRemoval(
  customer: string,
  cards: readonly SavedCard[],
  paymentMethods: string[],
  { customerDefault, subscriptions }: PaymentDefaults,
): RemovalPlan {
  const isRemoved = (id: string | undefined) => id !== undefined && paymentMethods.includes(id);
  const withoutReplacement = { paymentMethods, replacement: null };
  if (subscriptions.length === 0) return withoutReplacement;

  const kept = isRemoved(customerDefault) ? undefined : customerDefault;
  const orphaned = subscriptions.filter(({ ownDefault }) => isRemoved(ownDefault));
  const orphanedIds = orphaned.map(({ id }) => id);
  if (kept !== undefined) return { ...withoutReplacement, freed: orphanedIds };

  const paymentMethod = cards.map((one) => one.paymentMethodId).find((id) => !isRemoved(id));
  if (paymentMethod !== undefined) {
    return { paymentMethods, replacement: { customer, paymentMethod, subscriptions: orphanedIds } };
  }
  const areAllPaid = subscriptions.every(
    ({ ownDefault }) => ownDefault !== undefined && !isRemoved(ownDefault),
  );
  if (!areAllPaid) throw new Problem('invalid-state');
  return withoutReplacement;
}

/**
 * Whether a part of a planned removal was done.
 *
 * @param attached which of its payment methods are attached
 */
export function isRemovalBegun(
  { paymentMethods, replacement, freed = [] }: RemovalPlan,
  attached: readonly string[],
  { customerDefault, subscriptions }: PaymentDefaults,
): boolean {
  if (attached.length < paymentMethods.length) return true;
  if (subscriptions.some(({ id, ownDefault }) => freed.includes(id) && ownDefault === undefined)) return true;
  return replacement !== null && isDefaultBegun(replacement, { customerDefault, subscriptions });
}

/** Whether a card is the default of the customer, or of a subscription for which that was planned. */
export function isDefaultBegun(
  { paymentMethod, subscriptions: planned }: DefaultPlan,
  { customerDefault, subscriptions }: PaymentDefaults,
): boolean {
  return (
    customerDefault === paymentMethod ||
    subscriptions.some(({ id, ownDefault }) => planned.includes(id) && ownDefault === paymentMethod)
  );
}

/** Whether a card is the default of the customer, and of all subscriptions for which that was planned that have not ended. */
export function isDefaultDone(
  { paymentMethod, subscriptions: planned }: DefaultPlan,
  { customerDefault, subscriptions }: PaymentDefaults,
): boolean {
  return (
    customerDefault === paymentMethod &&
    subscriptions.every(({ id, ownDefault }) => !planned.includes(id) || ownDefault === paymentMethod)
  );
}
