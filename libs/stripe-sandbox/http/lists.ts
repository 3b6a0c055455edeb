import type Stripe from 'stripe';
import type { Collection, Entity, Walk } from '../store/collection.js';
import type { Span } from '../store/timeline.js';
import { failures } from './errors.js';
import { fromParam } from './lookup.js';
import { integer, range, string, type Params, type Range } from './params.js';

/** The parameters of a list inside an object. */
export const listParams = {
  limit: integer({ min: 1, max: 100 }),
  starting_after: string(),
  ending_before: string(),
};

/** The parameters of a list of the account's objects. */
export const collectionParams = { ...listParams, created: range() };

/** What a list contains: `where` and `among` use the collection's indexes, `filter` checks anything else. */
export interface Listing<T, Found> extends Pick<Walk<T & Found>, 'where' | 'among'> {
  url: string;
  filter?: (entity: T) => boolean;
}

/**
 * One page, newest first, without the cursor's own object; with `ending_before`, the page just before it.
 * Source: https://docs.stripe.com/api/pagination.
 * @throws StripeFailure 400 for both cursors, or for an unknown one
 */
export function listPage<T extends Entity, Found extends object>(
  collection: Collection<T, Found>,
  params: Params<typeof collectionParams>,
  { url, where, among, filter = () => true }: Listing<T, Found>,
): Stripe.ApiList<T> {
  const { limit = 10, starting_after: after, ending_before: before } = params;
  if (after !== undefined && before !== undefined)
    throw failures.exclusive('starting_after', 'ending_before');
  if (after !== undefined) fromParam(collection, after, 'starting_after');
  if (before !== undefined) fromParam(collection, before, 'ending_before');
  const created = spanOf(params.created);
  const walk = { where, among, created, from: after ?? before };
  const candidates = before === undefined ? collection.newestFirst(walk) : collection.oldestFirst(walk);
  const found: T[] = [];
  for (const entity of candidates) {
    if (filter(entity)) found.push(entity);
    if (found.length > limit) break;
  }
  const data = found.slice(0, limit);
  if (before !== undefined) data.reverse();
  return { object: 'list', data, has_more: found.length > limit, url };
}

/**
 * One page of a list inside an object, in its own order.
 * @throws StripeFailure 400 for both cursors, or for an unknown one
 */
export function pageOf<T extends { id: string; object: string }>(
  items: readonly T[],
  { limit = 10, starting_after: after, ending_before: before }: Params<typeof listParams>,
  url: string,
): Stripe.ApiList<T> {
  if (after !== undefined && before !== undefined)
    throw failures.exclusive('starting_after', 'ending_before');
  const placeOf = (id: string, param: string): number => {
    const place = items.findIndex((item) => item.id === id);
    if (place === -1) throw failures.noSuch(items[0]?.object ?? 'item', id, param, 400);
    return place;
  };
  const end = before === undefined ? items.length : placeOf(before, 'ending_before');
  const begin = after === undefined ? 0 : placeOf(after, 'starting_after') + 1;
  const start = before === undefined ? begin : Math.max(0, end - limit);
  const data = items.slice(start, Math.min(end, start + limit));
  const has_more = before === undefined ? start + limit < end : start > 0;
  return { object: 'list', data, has_more, url };
}

const spanOf = ({ gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity }: Range = {}): Span => ({
  first: Math.max(gte, gt + 1),
  last: Math.min(lte, lt - 1),
});

/** Whether a number lies in a `created[gte]`-like filter. */
export function isWithin(value: number, { gt, gte, lt, lte }: Range = {}): boolean {
  return (
    (gt === undefined || value > gt) &&
    (gte === undefined || value >= gte) &&
    (lt === undefined || value < lt) &&
    (lte === undefined || value <= lte)
  );
}
