import { Problem } from '#core/problem.js';
import type { PaymentDefaults, RemovalPlan } from './card-changes.stripe.js';
import type { SavedCard } from './customer.js';
import { sameCards } from './distinct-cards.js';

/**
 * Plans the removal of a card, with all payment methods that are the same card. What it paid for is paid by the
 * customer's default afterwards, which need not be a card, or else by the newest card.
 *
 * @param cards all cards of the customer, newest first
 * @throws {Problem} `invalid-state` if nothing else can pay for a subscription
 */
export function planRemoval(
  customer: string,
  cards: readonly SavedCard[],
  card: SavedCard,
  { customerDefault, subscriptions }: PaymentDefaults,
): RemovalPlan {
  const paymentMethods = sameCards(cards, card).map((one) => one.paymentMethodId);
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
