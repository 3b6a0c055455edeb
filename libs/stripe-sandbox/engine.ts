import type { Clock } from './clock.js';
import { Context, type Emit } from './context.js';
import { nextDue, perform } from './due.js';
import { dueWork } from './nouns/due-work.js';
import { finishAdvance } from './nouns/test-clocks/test-clock.js';
import type { Change } from './store/collection.js';
import { JournalError } from './store/journal.js';
import type { Cause, Task } from './store/records.js';
import type { Store } from './store/store.js';

export interface EngineOptions {
  store: Store;
  clock: Clock;
  emit: Emit;
  accountVersion: string;
  /** Makes the changes of a unit of work durable. */
  persist: (changes: readonly Change[]) => void;
}

/** Does the work that no API request asks for: what the pages do, and what becomes due. */
export class Engine {
  /** The base URL of the sandbox's pages. */
  origin = '';
  readonly #options: EngineOptions;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #cause: Cause;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#clock = options.clock;
    this.#cause = { requestId: null, idempotencyKey: null, version: options.accountVersion };
  }

  /** One durable unit of work, of which an error leaves nothing. */
  run<T>(work: (ctx: Context) => T): T {
    this.catchUp();
    return this.#unit(this.#clock, work);
  }

  /** Does what has fallen due, each thing as of the moment it was due. */
  catchUp(): void {
    const now = Math.floor(this.#clock.nowMs() / 1000);
    this.#performDue(null, now, () => undefined);
    const advancing = [...this.#store.testClocks.oldestFirst({ where: { status: 'advancing' } })];
    for (const { id } of advancing) this.#advance(id);
  }

  /** Takes a test clock from one due thing to the next, and to where it is to arrive. */
  #advance(id: string): void {
    const { testClocks } = this.#store;
    const target = testClocks.get(id)!.status_details.advancing!.target_frozen_time;
    this.#performDue(id, target, ({ created }) => {
      const { frozen_time } = testClocks.get(id)!;
      testClocks.update(id, { frozen_time: Math.max(frozen_time, created) });
    });
    this.#unit(this.#clock, (ctx) => finishAdvance(ctx, testClocks.get(id)!, target));
  }

  /** Does what is due by then on a clock, which `setTime` first puts at the moment of each thing. */
  #performDue(clockId: string | null, by: number, setTime: (task: Task) => void): void {
    for (;;) {
      const task = nextDue(this.#store, clockId, by);
      if (!task) return;
      const clock = clockId === null ? { nowMs: () => task.created * 1000 } : this.#clock;
      try {
        this.#unit(clock, (ctx) => {
          setTime(task);
          perform(ctx, task, dueWork);
        });
      } catch (error) {
        if (error instanceof JournalError) throw error;
        // Left on the list it would stop the time for everything else.
        this.#unit(this.#clock, ({ store }) => store.tasks.remove(task.id));
        process.emitWarning(error as Error);
      }
    }
  }

  #unit<T>(clock: Clock, work: (ctx: Context) => T): T {
    try {
      return work(new Context({ ...this.#options, clock, cause: this.#cause, origin: this.origin }));
    } catch (error) {
      this.#store.rollback();
      throw error;
    } finally {
      this.#store.commit(this.#options.persist, this.#cause);
    }
  }
}
