import type { Page } from './every-page.js';

/** Stands in the metadata of what an operation makes. */
export const OPERATION_ID = 'operation_id';

const PAGE_SIZE = 100;
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
  list: (page: { limit: number; starting_after?: string }) => Promise<Page<Item>>,
): Promise<Item | 'not-done' | 'unknown'> {
  return findMarked({ [OPERATION_ID]: operationId }, list);
}

/** The same for what is marked otherwise: with all of `marks` in its metadata. */
export async function findMarked<Item extends Made>(
  marks: Readonly<Record<string, string>>,
  list: (page: { limit: number; starting_after?: string }) => Promise<Page<Item>>,
): Promise<Item | 'not-done' | 'unknown'> {
  const isMarked = ({ metadata }: Made) =>
    Object.entries(marks).every(([key, value]) => metadata?.[key] === value);
  let startingAfter: string | undefined;
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const page = await list({ limit: PAGE_SIZE, ...(startingAfter && { starting_after: startingAfter }) });
    const made = page.data.find(isMarked);
    if (made) return made;
    startingAfter = page.data.at(-1)?.id;
    if (!page.has_more || !startingAfter) return 'not-done';
  }
  return 'unknown';
}
