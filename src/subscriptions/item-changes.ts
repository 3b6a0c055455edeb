import type { OwnedItem } from '../customers/owner-subscriptions.js';

/** An item that a subscription is to have. */
export interface WantedItem {
  priceId: string;
  quantity: number;
}

/** A change of one item, as Stripe takes it: https://docs.stripe.com/api/subscriptions/update#update_subscription-items */
export type ItemChange =
  | { id: string; price: string; quantity: number }
  | { id: string; deleted: true }
  | { price: string; quantity: number };

/**
 * What turns the items of a subscription into others. An item whose Price is still wanted keeps its place; the others get
 * the Prices that are new, in their order.
 */
export function itemChanges(current: readonly OwnedItem[], wanted: readonly WantedItem[]): ItemChange[] {
  const kept = wanted.flatMap(({ priceId, quantity }) => {
    const item = current.find((one) => one.priceId === priceId);
    return item ? [{ id: item.id, price: priceId, quantity }] : [];
  });
  const others = current.filter(({ id }) => !kept.some((item) => item.id === id));
  const added = wanted.filter(({ priceId }) => !kept.some((item) => item.price === priceId));
  return [
    ...kept,
    ...added.map(({ priceId: price, quantity }, index) => {
      const replaced = others[index];
      return replaced ? { id: replaced.id, price, quantity } : { price, quantity };
    }),
    ...others.slice(added.length).map(({ id }) => ({ id, deleted: true as const })),
  ];
}

/** Whether a subscription, or a phase of its schedule, has these items and no others. */
export function hasItems(
  current: readonly Pick<OwnedItem, 'priceId' | 'quantity'>[],
  wanted: readonly WantedItem[],
): boolean {
  return (
    current.length === wanted.length &&
    wanted.every(({ priceId, quantity }) =>
      current.some((item) => item.priceId === priceId && item.quantity === quantity),
    )
  );
}
