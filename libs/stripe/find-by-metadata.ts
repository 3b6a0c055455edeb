import { type FetchPage, listPages } from './pagination.js';

/** The metadata key that holds the id of the operation that created an object. */
export const OPERATION_ID = 'operation_id';

const PAGES_MAX = 50;
/** More than Stripe's clock and ours can differ by. */
const CLOCK_SKEW_SECONDS = 600;
/** Stripe keeps an idempotency key for at least as long: https://docs.stripe.com/api/idempotent_requests */
const KEY_LIFETIME_SECONDS = 24 * 60 * 60;

interface WithMetadata {
  id: string;
  metadata: Record<string, string> | null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The id of the operation that created an object; null if no operation did. Others may use the same key. */
export function operationIdOf({ metadata }: Pick<WithMetadata, 'metadata'>): string | null {
  const id = metadata?.[OPERATION_ID] ?? '';
  return UUID.test(id) ? id : null;
}

/**
 * A `created` filter for what an operation's key may have created, in a list of one customer or charge. If the database was
 * restored from a backup, Stripe may have the key from before `sentAt`: the list begins 48 hours earlier, with a margin for clock
 * skew.
 *
 * @param sentAt when the operation was first sent, as far as the database knows
 */
export function createdUnderKey(sentAt: Date): { gte: number } {
  return createdFrom(sentAt, 2 * KEY_LIFETIME_SECONDS);
}

/** The same for a list of the whole account, which may be long: it begins 24 hours earlier. */
export function createdInAccountUnderKey(sentAt: Date): { gte: number } {
  return createdFrom(sentAt, KEY_LIFETIME_SECONDS);
}

/** The same for what was created after it was first sent. */
export function createdSince(sentAt: Date): { gte: number } {
  return createdFrom(sentAt, 0);
}

/**
 * Finds the object that an operation created, by the operation's id in its metadata. It reads a list, because Stripe's
 * search lags behind by up to a minute. https://docs.stripe.com/search#data-freshness
 *
 * @returns `not-done` if no object has it, `unknown` if the list is too long to read to its end
 */
export function findByOperationId<Item extends WithMetadata>(
  operationId: string,
  fetchPage: FetchPage<Item>,
): Promise<Item | 'not-done' | 'unknown'> {
  return findByMetadata({ [OPERATION_ID]: operationId }, fetchPage);
}

/**
 * Finds the first object in a list whose metadata contains all of `metadata`.
 *
 * @returns `not-done` if no object does, `unknown` if the list is too long to read to its end
 */
export async function findByMetadata<Item extends WithMetadata>(
  metadata: Readonly<Record<string, string>>,
  fetchPage: FetchPage<Item>,
): Promise<Item | 'not-done' | 'unknown'> {
  const matches = (item: WithMetadata) =>
    Object.entries(metadata).every(([key, value]) => item.metadata?.[key] === value);
  let pagesRead = 0;
  for await (const { data, has_more: hasMore } of listPages(fetchPage)) {
    const match = data.find(matches);
    if (match) return match;
    pagesRead += 1;
    if (hasMore && pagesRead === PAGES_MAX) return 'unknown';
  }
  return 'not-done';
}

function createdFrom(sentAt: Date, secondsBefore: number): { gte: number } {
  return { gte: Math.floor(sentAt.getTime() / 1000) - CLOCK_SKEW_SECONDS - secondsBefore };
}
