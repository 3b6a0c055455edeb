/** Which part of a list to return, newest first: at most `limit` items after or before the cursor's item. */
export interface PageRequest {
  limit: number;
  cursor?: { id: string; direction: 'forward' | 'back' };
}

/** One part of a list, newest first. */
export interface Page<Item> {
  items: Item[];
  /** Whether the list has more items in the requested direction. */
  hasMore: boolean;
}
