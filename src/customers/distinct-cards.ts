import type { SavedCard } from './customer.js';

/** A card of an owner, who may have saved it several times. */
export interface DistinctCard extends SavedCard {
  isDefault: boolean;
}

/**
 * Each card once, although it may have been saved several times: the default of its payment methods, or the newest.
 *
 * @param cards all cards, newest first
 * @param defaultId the payment method that Stripe charges by default
 */
export function distinctCards(cards: readonly SavedCard[], defaultId: string | undefined): DistinctCard[] {
  const shown = new Map<string, DistinctCard>();
  for (const card of cards) {
    const key = card.fingerprint ?? card.paymentMethodId;
    const isDefault = card.paymentMethodId === defaultId;
    if (isDefault || !shown.has(key)) shown.set(key, { ...card, isDefault });
  }
  return [...shown.values()];
}

/** The payment methods of the same card as `card`, which is one of them. */
export function sameCards(cards: readonly SavedCard[], card: SavedCard): SavedCard[] {
  return cards.filter(({ paymentMethodId, fingerprint }) =>
    card.fingerprint === null ? paymentMethodId === card.paymentMethodId : fingerprint === card.fingerprint,
  );
}
