import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import type { Change } from './collection.js';
import { lockFolder } from './folder-lock.js';
import { Journal, JournalError } from './journal.js';
import type { Store } from './store.js';

/** Keeps a store's changes on disk. */
export interface DataFolder {
  /** @throws JournalError if it cannot be written */
  readonly append: (changes: readonly Change[]) => void;
  readonly close: () => Promise<void>;
}

/**
 * Restores a store from a folder, and returns where to append its changes.
 * @throws JournalError for a folder that cannot be used, or that another sandbox uses
 */
export async function openDataFolder(folder: string, store: Store): Promise<DataFolder> {
  makeFolder(folder);
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

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new JournalError(`The data folder ${folder} can't be used: ${(error as Error).message}`);
  }
}

/** Writes nothing: for a sandbox in memory. */
export const noFolder: DataFolder = { append: () => undefined, close: async () => undefined };
