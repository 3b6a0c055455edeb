import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Change, Entity } from './collection.js';
import { Collection } from './collection.js';
import type { CollectionName } from './names.js';
import type { Store } from './store.js';

/** One write as it is journalled: null for a removal. */
type Line = [collection: CollectionName, id: string, entity: Entity | null][];

/**
 * An append-only file, one line for each unit of work, so that a process killed at any moment has either all of
 * a request or nothing of it. Opening replays it into the store and rewrites it without history.
 */
export class Journal {
  readonly #file: number;

  constructor(dataDir: string, store: Store) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const path = join(dataDir, 'journal.jsonl');
    if (existsSync(path)) replay(readFileSync(path), store);
    compact(path, store);
    this.#file = openSync(path, 'a', 0o600);
  }

  append(changes: readonly Change[]): void {
    const line: Line = changes.map(({ collection, id, after }) => [collection, id, after ?? null]);
    writeLine(this.#file, line);
  }

  close(): void {
    closeSync(this.#file);
  }
}

function replay(bytes: Buffer, store: Store): void {
  // A last line without its newline was torn by a crash before it was acknowledged: it is left out.
  for (let start = 0, end = bytes.indexOf(10); end !== -1; start = end + 1, end = bytes.indexOf(10, start)) {
    const line = JSON.parse(bytes.toString('utf8', start, end)) as Line;
    for (const [collection, id, entity] of line)
      store.collection(collection).restore(id, entity ?? undefined);
  }
}

function compact(path: string, store: Store): void {
  const fresh = `${path}.new`;
  const file = openSync(fresh, 'w', 0o600);
  for (const collection of Object.values(store)) {
    if (!(collection instanceof Collection)) continue;
    for (const entity of (collection as Collection<Entity>).oldestFirst()) {
      writeLine(file, [[collection.name, entity.id, entity]]);
    }
  }
  closeSync(file);
  renameSync(fresh, path);
}

function writeLine(file: number, line: Line): void {
  const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
}
