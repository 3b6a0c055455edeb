import { isStatementFault } from './statement-fault.js';

/** Keeps each statement short. */
const BATCH_SIZE_MAX = 500;
/** Longer than a statement takes under load. One that takes longer waits for a lock or a lost connection. */
const SLOW_STATEMENT_MS = 100;

interface WaitingItem<Item, Result> {
  item: Item;
  key: string | undefined;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/** One that has its row of the statement. */
interface PreparedItem<Row, Result> extends Omit<WaitingItem<unknown, Result>, 'item' | 'key'> {
  row: Row;
}

export interface BatchOptions<Item, Row = Item> {
  /**
   * Makes the row of an item for the statement. The rows of a batch are made one after the other, which costs less than amid
   * each request, because the code is then in the caches of the processor. The item is its own row by default. If it throws,
   * only its item fails.
   */
  prepare?: (item: Item) => Row;
  /**
   * How many statements may run at the same time; one by default. One starts beside others if it has as many items as they, or
   * if they are slow.
   */
  runningMax?: number;
  /** No two items of a batch have the same key. */
  keyOf?: (item: Item) => string;
}

/**
 * Handles with one statement all items that have arrived while others were running, or in the same turn of the event loop.
 * So many items at once need few connections, round trips and commits. No item waits while nothing is running.
 */
export class Batches<Item, Result, Row = Item> {
  private waiting: WaitingItem<Item, Result>[] = [];
  private running = 0;
  private runningItems = 0;
  private isStarting = false;
  private waitTimer: NodeJS.Timeout | undefined;

  /**
   * @param run handles all items or, if it throws, none of them, unless the connection is lost. Returns their results in the
   *   same order.
   */
  constructor(
    private readonly run: (rows: readonly Row[]) => Promise<readonly Result[]>,
    private readonly options: BatchOptions<Item, Row> = {},
  ) {}

  /** Resolves once an item is handled. @throws the error with which it, or all of its batch, failed */
  add(item: Item): Promise<Result> {
    const key = this.options.keyOf?.(item);
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, key, resolve, reject });
      this.startSoon();
    });
  }

  private startSoon(): void {
    if (this.isStarting || this.running >= (this.options.runningMax ?? 1)) return;
    if (this.isWorthStarting()) this.start();
    else this.waitTimer ??= setTimeout(() => this.start(), SLOW_STATEMENT_MS);
  }

  /** A statement and its commit cost as much as several items. */
  private isWorthStarting(): boolean {
    if (this.running === 0) return true;
    if (this.waiting.length < this.runningItems) return false;
    return !this.options.keyOf || new Set(this.waiting.map(({ key }) => key)).size >= this.runningItems;
  }

  /** In the next turn, as requests that have been received together come here one after the other. */
  private start(): void {
    clearTimeout(this.waitTimer);
    this.waitTimer = undefined;
    this.isStarting = true;
    setImmediate(() => {
      this.isStarting = false;
      void this.runWaiting();
    });
  }

  private async runWaiting(): Promise<void> {
    const batch = this.takeBatch();
    this.running += 1;
    this.runningItems += batch.length;
    this.startIfWaiting();
    await this.runBatch(batch.flatMap((one) => this.prepared(one)));
    this.running -= 1;
    this.runningItems -= batch.length;
    this.startIfWaiting();
  }

  private startIfWaiting(): void {
    if (this.waiting.length > 0) this.startSoon();
  }

  private takeBatch(): WaitingItem<Item, Result>[] {
    if (!this.options.keyOf) return this.waiting.splice(0, BATCH_SIZE_MAX);
    const batch: WaitingItem<Item, Result>[] = [];
    const keys = new Set<string | undefined>();
    const others: WaitingItem<Item, Result>[] = [];
    for (const one of this.waiting) {
      if (batch.length === BATCH_SIZE_MAX || keys.has(one.key)) others.push(one);
      else batch.push(one);
      keys.add(one.key);
    }
    this.waiting = others;
    return batch;
  }

  /** Nothing if it fails. */
  private prepared({ item, resolve, reject }: WaitingItem<Item, Result>): PreparedItem<Row, Result>[] {
    const { prepare } = this.options;
    try {
      return [{ row: prepare ? prepare(item) : (item as unknown as Row), resolve, reject }];
    } catch (error) {
      reject(error);
      return [];
    }
  }

  private async runBatch(batch: readonly PreparedItem<Row, Result>[]): Promise<void> {
    if (batch.length === 0) return;
    try {
      const results = await this.run(batch.map(({ row }) => row));
      batch.forEach(({ resolve }, index) => resolve(results[index]!));
    } catch (error) {
      if (batch.length === 1 || !isStatementFault(error)) batch.forEach(({ reject }) => reject(error));
      else await this.runEach(batch);
    }
  }

  /** One item may be the cause of an error, and the others can be handled without it. */
  private async runEach(batch: readonly PreparedItem<Row, Result>[]): Promise<void> {
    for (const [index, { row, resolve, reject }] of batch.entries()) {
      try {
        const [result] = await this.run([row]);
        resolve(result!);
      } catch (error) {
        reject(error);
        if (isStatementFault(error)) continue;
        batch.slice(index + 1).forEach((other) => other.reject(error));
        return;
      }
    }
  }
}
