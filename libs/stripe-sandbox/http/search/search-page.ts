import type Stripe from 'stripe';
import { failures } from '../errors.js';
import { integer, required, string, type Params } from '../params.js';
import type { Collection, Entity } from '../../store/collection.js';
import { isMatch, requireSearchable, type SearchFields } from './match.js';
import { parseQuery, type Query } from './query.js';

/** The parameters of every search. Source: https://docs.stripe.com/api/customers/search. */
export const searchParams = {
  limit: integer({ min: 1, max: 100 }),
  page: string(),
  query: required(string()),
};

/** What is searched. */
export interface Searched {
  /** Its name in the URL and in errors. */
  resource: string;
  fields: SearchFields;
  /** Where the values of fields are whose path is not their name. */
  paths: Readonly<Record<string, string>>;
  /** Fields whose exact values an index of the same name may find. */
  indexed: readonly string[];
  /** Whether `total_count` is asked for. */
  isCounted: boolean;
}

/**
 * One page of a search, newest first. `total_count` is there if it is expanded.
 * Source: https://docs.stripe.com/search#pagination.
 * @throws StripeFailure 400 for a bad query or page
 */
export function searchPage<T extends Entity>(
  collection: Collection<T>,
  { limit = 10, page, query: text }: Params<typeof searchParams>,
  { resource, fields, paths, indexed, isCounted }: Searched,
): Stripe.ApiSearchResult<T> {
  const parsed = parseQuery(text);
  requireSearchable(parsed, resource, fields);
  const where = whereOf(parsed, indexed) as Partial<T>;
  const clauses = parsed.clauses.map((clause) => ({ ...clause, field: paths[clause.field] ?? clause.field }));
  const query = { ...parsed, clauses };
  const from = page === undefined ? undefined : idFrom(page);
  if (from !== undefined && !collection.get(from)) throw badPage();
  const found: T[] = [];
  for (const entity of collection.newestFirst({ where, from })) {
    if (isMatch(query, entity)) found.push(entity);
    if (found.length > limit) break;
  }
  const data = found.slice(0, limit);
  const has_more = found.length > limit;
  return {
    object: 'search_result',
    data,
    has_more,
    next_page: has_more ? pageAfter(data.at(-1)!.id) : null,
    ...(isCounted && { total_count: count(query, collection.newestFirst({ where })) }),
    url: `/v1/${resource}/search`,
  } as unknown as Stripe.ApiSearchResult<T>;
}

function count<T extends Entity>(query: Query, entities: Iterable<T>): number {
  let total = 0;
  for (const entity of entities) if (isMatch(query, entity)) total++;
  return total;
}

/** The clauses that an index can answer. */
function whereOf({ clauses, matchesAny }: Query, indexed: readonly string[]): Record<string, string> {
  const exact = clauses.filter(
    ({ field, isNegated, operator, value }) =>
      !isNegated && operator === ':' && value !== null && indexed.includes(field),
  );
  return matchesAny ? {} : Object.fromEntries(exact.map(({ field, value }) => [field, value!]));
}

const pageAfter = (id: string): string => Buffer.from(id).toString('base64url');

function idFrom(page: string): string {
  const id = Buffer.from(page, 'base64url').toString();
  if (pageAfter(id) !== page) throw badPage();
  return id;
}

const badPage = () => failures.invalidRequest('Invalid page token.', { param: 'page' });
