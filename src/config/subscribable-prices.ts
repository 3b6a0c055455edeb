const OF_PRODUCT = 'product:';

/**
 * A Price, if signed-in users may subscribe to it.
 *
 * @param subscribable SUBSCRIBABLE_PRICES
 * @param read reads the Price. Not called for one that can't be subscribable with any Product
 */
export async function findSubscribable<Price extends { productId: string }>(
  id: string,
  subscribable: readonly string[],
  read: (id: string) => Promise<Price | undefined>,
): Promise<Price | undefined> {
  const isListed = subscribable.includes(id);
  if (!isListed && !subscribable.some((item) => item.startsWith(OF_PRODUCT))) return undefined;
  const price = await read(id);
  return price && (isListed || subscribable.includes(OF_PRODUCT + price.productId)) ? price : undefined;
}
