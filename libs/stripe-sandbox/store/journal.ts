import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Change, Entity } from './collection.js';
import { Collection } from './collection.js';
import { lineOf, restoreLine, SHOWING_COLLECTIONS, templatesIn, writeOf, type Line } from './journal-line.js';
import type { CollectionName } from './collection-names.js';
import { UnknownCollectionError, type Store } from './store.js';
import { Templates } from './templates.js';

/** How much is read or written at once while the journal is opened. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/** Thrown if the data folder can't be locked, read or written; the message names it. */
export class JournalError extends Error {}

/**
 * An append-only file with one line for each unit of work, so that a process killed at any moment keeps either the
 * whole of a request or nothing of it. Opening replays the file into the store, and rewrites it if most of its writes
 * are out of date. A line that the operating system has accepted survives the process, so there is no fsync for each request: a
 * power failure may lose the last ones.
 */
export class Journal {
  readonly #path: string;
  readonly #file: number;
  readonly #templates: Templates;
  #bytes: number;

  /** @throws JournalError for a folder that can't be used, or a journal that can't be read */
  constructor(dataDir: string, store: Store) {
    this.#path = join(dataDir, 'journal.jsonl');
    try {
      this.#templates = existsSync(this.#path) ? restore(this.#path, store) : new Templates();
      this.#file = openSync(this.#path, 'a', 0o600);
      this.#bytes = fstatSync(this.#file).size;
    } catch (error) {
      if (error instanceof JournalError) throw error;
      throw new JournalError(`The data folder ${dataDir} can't be used: ${(error as Error).message}`);
    }
  }

  /** @throws JournalError if the line can't be written completely; none of it stays then */
  append(changes: readonly Change[]): void {
    const line = lineOf(changes, this.#templates);
    const bytes = Buffer.from(textOf(line));
    try {
      write(this.#file, bytes);
    } catch (error) {
      // The next line must not be appended to half a line.
      ftruncateSync(this.#file, this.#bytes);
      this.#templates.removeLast(templatesIn(line));
      throw new JournalError(`Can't write to ${this.#path}: ${(error as Error).message}`);
    }
    this.#bytes += bytes.length;
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Returns the templates of the lines that follow. */
function restore(path: string, store: Store): Templates {
  const templates = new Templates();
  const { writes, bytes } = replay(path, store, templates);
  const live = collectionsOf(store).reduce((sum, { size }) => sum + size, 0);
  if (writes - live > live) return compact(path, store);
  // The next line must not be appended to an incomplete one.
  truncateSync(path, bytes);
  return templates;
}

/** Returns the number of writes, and of bytes in complete lines. */
function replay(path: string, store: Store, templates: Templates): { writes: number; bytes: number } {
  let [writes, bytes] = [0, 0];
  for (const text of linesIn(path)) {
    try {
      const line = JSON.parse(text.toString()) as Line;
      restoreLine(store, line, templates);
      writes += line.length;
    } catch (error) {
      const { message } = error as Error;
      if (error instanceof UnknownCollectionError)
        throw new JournalError(`${path} was written by another version, start on a new folder: ${message}`);
      throw new JournalError(`${path} is damaged at byte ${bytes}: ${message}`);
    }
    bytes += text.length + 1;
  }
  return { writes, bytes };
}

/** Skips a last line without a newline: a crash cut it off before its request was answered. */
function* linesIn(path: string): Generator<Buffer> {
  const file = openSync(path, 'r');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let rest: Buffer = Buffer.alloc(0);
  for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) {
    const bytes = Buffer.concat([rest, chunk.subarray(0, read)]);
    let start = 0;
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
      yield bytes.subarray(start, end);
      start = end + 1;
    }
    rest = bytes.subarray(start);
  }
  closeSync(file);
}

/** Writes a new file and renames it, so that a kill leaves a complete journal, old or new. */
function compact(path: string, store: Store): Templates {
  const templates = new Templates();
  const fresh = `${path}.new`;
  const file = openSync(fresh, 'w', 0o600);
  let text = '';
  const written = (collection: CollectionName, id: string) => store.collection(collection).get(id);
  for (const collection of collectionsOf(store)) {
    for (const after of collection.oldestFirst()) {
      text += textOf([writeOf({ collection: collection.name, id: after.id, after }, written, templates)]);
      if (text.length < CHUNK_BYTES) continue;
      write(file, Buffer.from(text));
      text = '';
    }
  }
  write(file, Buffer.from(text));
  fsyncSync(file);
  closeSync(file);
  renameSync(fresh, path);
  return templates;
}

/** Events and kept replies come last, after the objects that they refer to. */
function collectionsOf(store: Store): Collection<Entity>[] {
  const all: Collection<Entity>[] = Object.values(store).filter((field) => field instanceof Collection);
  return [...all.filter((each) => !showsOthers(each)), ...all.filter(showsOthers)];
}

const showsOthers = ({ name }: Collection<Entity>): boolean => SHOWING_COLLECTIONS.has(name);

const textOf = (line: Line): string => `${JSON.stringify(line)}\n`;

function write(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
}
