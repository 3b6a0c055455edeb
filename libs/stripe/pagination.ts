const PAGE_SIZE_MAX = 100;

/** One page of a Stripe list: https://docs.stripe.com/api/pagination */
export interface StripePage<Item> {
  data: Item[];
  has_more: boolean;
}

/** Fetches one page of a Stripe list: the first, or the one after the item with the id `starting_after`. */
export type FetchPage<Item> = (params: {
  limit: number;
  starting_after?: string;
}) => Promise<StripePage<Item>>;

/**
 * Yields the pages of a Stripe list in order. Each is fetched only when it is needed.
 *
 * @param after the id of the item after which they start; the first page by default
 */
export async function* listPages<Item extends { id: string }>(
  fetchPage: FetchPage<Item>,
  after?: string,
): AsyncGenerator<StripePage<Item>> {
  let last: { id: string } | undefined = after === undefined ? undefined : { id: after };
  do {
    const page = await fetchPage({ limit: PAGE_SIZE_MAX, ...(last && { starting_after: last.id }) });
    yield page;
    last = page.has_more ? page.data.at(-1) : undefined;
  } while (last);
}

/** All items of a Stripe list, in order. */
export async function listAll<Item extends { id: string }>(fetchPage: FetchPage<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const { data } of listPages(fetchPage)) items.push(...data);
  return items;
}
