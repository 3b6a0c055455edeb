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

/** Runs the work that no API request asks for: forms on the sandbox's pages, and due tasks. */
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

  /** Runs one durable unit of work; an error rolls it back. */
  run<T>(work: (ctx: Context) => T): T {
    this.catchUp();
    return this.#unit(this.#clock, work);
  }

  /** Runs the due tasks, each at the time it was due. */
  catchUp(): void {
    const now = Math.floor(this.#clock.nowMs() / 1000);
    this.#performDue(null, now, () => undefined);
    const advancing = [...this.#store.testClocks.oldestFirst({ where: { status: 'advancing' } })];
    for (const { id } of advancing) this.#advance(id);
  }

  /** Moves a test clock from task to task, and then to its target time. */
  #advance(id: string): void {
    const { testClocks } = this.#store;
    const target = testClocks.get(id)!.status_details.advancing!.target_frozen_time;
    this.#performDue(id, target, ({ created }) => {
      const { frozen_time } = testClocks.get(id)!;
      testClocks.update(id, { frozen_time: Math.max(frozen_time, created) });
    });
    this.#unit(this.#clock, (ctx) => finishAdvance(ctx, testClocks.get(id)!, target));
  }

  /** Runs a clock's tasks that are due at `by`; `setTime` first sets the clock to each task's time. */
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
        // A task that stayed here would block all later ones.
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
