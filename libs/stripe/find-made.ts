import { type ListPage, pagesOf } from './every-page.js';

/** Stands in the metadata of what an operation makes. */
export const OPERATION_ID = 'operation_id';

const PAGES_MAX = 50;
/** How far Stripe's clock and ours may be apart, and more. */
const CLOCK_SKEW_SECONDS = 600;

interface Made {
  id: string;
  metadata: Record<string, string> | null;
}

/** The filter for what was made since an operation was first sent. */
export function madeSince(sentAt: Date): { gte: number } {
  return { gte: Math.floor(sentAt.getTime() / 1000) - CLOCK_SKEW_SECONDS };
}

/**
 * What an operation has made, by its id in the metadata, in a list from Stripe; unlike Stripe's search, lists show
 * at once what was made. https://docs.stripe.com/search#data-freshness
 *
 * @returns `unknown` where the list is too long to prove anything
 */
export async function findMade<Item extends Made>(
  operationId: string,
  list: ListPage<Item>,
): Promise<Item | 'not-done' | 'unknown'> {
  return findMarked({ [OPERATION_ID]: operationId }, list);
}

/** The same for what is marked otherwise: with all of `marks` in its metadata. */
export async function findMarked<Item extends Made>(
  marks: Readonly<Record<string, string>>,
  list: ListPage<Item>,
): Promise<Item | 'not-done' | 'unknown'> {
  const isMarked = ({ metadata }: Made) =>
    Object.entries(marks).every(([key, value]) => metadata?.[key] === value);
  let looked = 0;
  for await (const { data, has_more: hasMore } of pagesOf(list)) {
    const made = data.find(isMarked);
    if (made) return made;
    looked += 1;
    if (hasMore && looked === PAGES_MAX) return 'unknown';
  }
  return 'not-done';
}
