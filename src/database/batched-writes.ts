import { isDatabaseUnavailable } from './database-unavailable.js';

/** Keeps each statement short. */
const BATCH_SIZE_MAX = 500;

interface WaitingItem<Item> {
  item: Item;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * Writes items that arrive while a statement runs with the next statement, all of them together. So many items at once
 * need one connection, and each waits for two commits at most.
 */
export class BatchedWrites<Item> {
  private waiting: WaitingItem<Item>[] = [];
  private isWriting = false;

  /** @param write writes all items or none of them */
  constructor(private readonly write: (items: readonly Item[]) => Promise<void>) {}

  /** Resolves once an item is written. @throws the error with which it, or all of its batch, could not be written */
  add(item: Item): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (!this.isWriting) void this.writeWaiting();
    });
  }

  private async writeWaiting(): Promise<void> {
    this.isWriting = true;
    while (this.waiting.length > 0) await this.writeBatch(this.waiting.splice(0, BATCH_SIZE_MAX));
    this.isWriting = false;
  }

  private async writeBatch(batch: readonly WaitingItem<Item>[]): Promise<void> {
    try {
      await this.write(batch.map(({ item }) => item));
      batch.forEach(({ resolve }) => resolve());
    } catch (error) {
      if (batch.length === 1 || isDatabaseUnavailable(error)) batch.forEach(({ reject }) => reject(error));
      // One item may be the cause, and the others can be written without it.
      else for (const one of batch) await this.writeBatch([one]);
    }
  }
}
