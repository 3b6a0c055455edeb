const PAGE_SIZE_MAX = 100;

/** One page of a Stripe list: https://docs.stripe.com/api/pagination */
export interface StripePage<Item> {
  data: Item[];
  has_more: boolean;
}

/** Fetches a page of a Stripe list: the first, or the one that comes after an item. */
export type ListPage<Item> = (page: { limit: number; starting_after?: string }) => Promise<StripePage<Item>>;

/** A Stripe list in its order, page after page, fetched as they are asked for. */
export async function* pagesOf<Item extends { id: string }>(
  list: ListPage<Item>,
): AsyncGenerator<StripePage<Item>> {
  let last: Item | undefined;
  do {
    const page = await list({ limit: PAGE_SIZE_MAX, ...(last && { starting_after: last.id }) });
    yield page;
    last = page.has_more ? page.data.at(-1) : undefined;
  } while (last);
}

/** Everything in a Stripe list, in its order. */
export async function everyPage<Item extends { id: string }>(list: ListPage<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const { data } of pagesOf(list)) items.push(...data);
  return items;
}
