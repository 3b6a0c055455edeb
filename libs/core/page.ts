/** Which part of a list, most recent first: after or before an item that the caller knows already. */
export interface PageRequest {
  limit: number;
  cursor?: { id: string; direction: 'forward' | 'back' };
}

/** A part of a list, and whether there is more in the direction asked for. */
export interface Page<Item> {
  items: Item[];
  hasMore: boolean;
}
