const PAGE_SIZE_MAX = 100;

/** One page of a Stripe list: https://docs.stripe.com/api/pagination */
export interface Page<Item> {
  data: Item[];
  has_more: boolean;
}

/** Everything in a Stripe list, in its order, page after page. */
export async function everyPage<Item extends { id: string }>(
  list: (page: { limit: number; starting_after?: string }) => Promise<Page<Item>>,
): Promise<Item[]> {
  const items: Item[] = [];
  for (;;) {
    const last = items.at(-1);
    const page = await list({ limit: PAGE_SIZE_MAX, ...(last && { starting_after: last.id }) });
    items.push(...page.data);
    if (!page.has_more || page.data.length === 0) return items;
  }
}
