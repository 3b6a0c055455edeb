import { once } from 'node:events';
import type { Change } from './collection.js';
import { lockFolder } from './folder-lock.js';
import { Journal } from './journal.js';
import type { Store } from './store.js';

/** Where a store survives a restart. */
export interface DataFolder {
  /** @throws JournalError if it cannot be written */
  readonly append: (changes: readonly Change[]) => void;
  readonly close: () => Promise<void>;
}

/**
 * Fills a store with what a folder holds, and keeps what comes next there.
 * @throws JournalError for a folder that cannot be used, or that another sandbox uses
 */
export async function openDataFolder(folder: string, store: Store): Promise<DataFolder> {
  const lock = await lockFolder(folder);
  const unlock = () => once(lock.close(), 'close');
  try {
    const journal = new Journal(folder, store);
    return {
      append: (changes) => journal.append(changes),
      async close() {
        journal.close();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** Keeps nothing: for a sandbox in memory. */
export const noFolder: DataFolder = { append: () => undefined, close: async () => undefined };
