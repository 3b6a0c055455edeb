const OF_PRODUCT = 'product:';

/** Whether a signed-in user may subscribe to a Price. @param subscribable SUBSCRIBABLE_PRICES */
export function isSubscribable(
  { id, productId }: { id: string; productId: string },
  subscribable: readonly string[],
): boolean {
  return subscribable.includes(id) || subscribable.includes(OF_PRODUCT + productId);
}

/** Whether a Price may be subscribable, before its Product is known. */
export function mayBeSubscribable(id: string, subscribable: readonly string[]): boolean {
  return subscribable.includes(id) || subscribable.some((item) => item.startsWith(OF_PRODUCT));
}
