import type Stripe from 'stripe';
import type { Page } from '#core/page.js';
import { listAll, type StripePage } from '#stripe/pagination.js';
import { readEach } from '#stripe/read-each.js';

/** Fetches a part of a Stripe list, newest first: https://docs.stripe.com/api/pagination */
export type FetchList<Item> = (
  params: Stripe.PaginationParams & { created?: Stripe.RangeQueryParam },
) => Promise<StripePage<Item>>;

/** The item after or before which a page starts. */
export interface MergeCursor {
  id: string;
  /** In Unix seconds, as in Stripe's API. */
  created: number;
  /** Which of the lists contains it. */
  listIndex: number;
  direction: 'forward' | 'back';
}

/** What Stripe sorts by. */
export interface Dated {
  id: string;
  created: number;
}

/** A page of several lists as one: newest first, and items of the same second in the order of the lists. */
export async function mergeLists<Item extends Dated>(
  lists: readonly FetchList<Item>[],
  limit: number,
  cursor?: MergeCursor,
): Promise<Page<Item>> {
  const [only, ...others] = lists;
  if (only && others.length === 0) {
    const { data, has_more: hasMore } = await pageOf(only, 0, limit, cursor);
    return { items: data, hasMore };
  }
  const pages = await readEach(lists, (list, index) => pageOf(list, index, limit, cursor));
  const merged = pages.flatMap(({ data }) => data).sort((a, b) => b.created - a.created);
  return {
    items: cursor?.direction === 'back' ? merged.slice(-limit) : merged.slice(0, limit),
    hasMore: merged.length > limit || pages.some((page) => page.has_more),
  };
}

function pageOf<Item extends Dated>(
  list: FetchList<Item>,
  index: number,
  limit: number,
  cursor: MergeCursor | undefined,
): Promise<StripePage<Item>> {
  if (!cursor) return list({ limit });
  return cursor.direction === 'back'
    ? pageBefore(list, index, limit, cursor)
    : pageAfter(list, index, limit, cursor);
}

function pageAfter<Item>(
  list: FetchList<Item>,
  index: number,
  limit: number,
  { id, created, listIndex }: MergeCursor,
): Promise<StripePage<Item>> {
  if (index === listIndex) return list({ limit, starting_after: id });
  return list({ limit, created: index > listIndex ? { lte: created } : { lt: created } });
}

/** Stripe lists backwards only from an item of the same list: the first that comes after the cursor. */
async function pageBefore<Item extends Dated>(
  list: FetchList<Item>,
  index: number,
  limit: number,
  cursor: MergeCursor,
): Promise<StripePage<Item>> {
  if (index === cursor.listIndex) return list({ limit, ending_before: cursor.id });
  const {
    data: [next],
  } = await pageAfter(list, index, 1, cursor);
  if (next) return list({ limit, ending_before: next.id });
  const all = await listAll(list);
  return { data: all.slice(-limit), has_more: all.length > limit };
}
