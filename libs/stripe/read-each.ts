import pMap from 'p-map';

const READS_MAX = 4;

/**
 * Reads something at Stripe for each item, for at most four items at a time: a single request must not take the places
 * of others. Returns the results in the order of the items. After a failure, it starts no further read.
 */
export function readEach<Item, Result>(
  items: Iterable<Item>,
  read: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  return pMap(items, async (item, index) => read(item, index), { concurrency: READS_MAX });
}
