import type { Page, PageRequest } from '#core/page.js';
import { unknownObject } from '#core/problem.js';
import { idOf } from '#stripe/id-of.js';
import { undefinedIfMissing } from '#stripe/undefined-if-missing.js';
import { type Dated, type FetchList, mergeLists } from './merge-lists.stripe.js';

/** A PaymentIntent, a Charge or an Invoice. */
interface CustomersItem extends Dated {
  customer: string | { id: string } | null;
}

/**
 * A page of what an owner's customers have, newest first.
 *
 * @throws {Problem} `not-found` for a cursor that is not among it
 */
export async function pageOfCustomers<Item extends Dated>(
  customers: readonly string[],
  { limit, cursor }: PageRequest,
  retrieve: (id: string) => Promise<CustomersItem>,
  listOf: (customer: string) => FetchList<Item>,
): Promise<Page<Item>> {
  const lists = customers.map((customer) => emptyIfMissing(listOf(customer)));
  if (!cursor) return mergeLists(lists, limit);
  const item = customers.length > 0 ? await undefinedIfMissing(retrieve(cursor.id)) : undefined;
  const listIndex = customers.indexOf(idOf(item?.customer) ?? '');
  if (!item || listIndex === -1) throw unknownObject('cursor');
  const { direction } = cursor;
  return mergeLists(lists, limit, { id: item.id, created: item.created, listIndex, direction });
}

/** A customer that Stripe does not know has no payments there. */
function emptyIfMissing<Item>(fetchList: FetchList<Item>): FetchList<Item> {
  return async (params) => (await undefinedIfMissing(fetchList(params))) ?? { data: [], has_more: false };
}
