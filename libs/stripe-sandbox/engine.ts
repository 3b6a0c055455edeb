import type { Clock } from './clock.js';
import { Context } from './context.js';
import { nextDue, perform } from './due.js';
import { dueWork } from './entities/due-work.js';
import { LATEST_VERSION } from './http/versions.js';
import type { Change } from './store/collection.js';
import type { Store } from './store/store.js';

const BY_ITSELF = { requestId: null, idempotencyKey: null, version: LATEST_VERSION };

/** Does work that no API request asks for: what the pages do, and what time brings about. */
export class Engine {
  /** Where the sandbox's pages are. */
  origin = '';
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #persist: (changes: readonly Change[]) => void;

  constructor(store: Store, clock: Clock, persist: (changes: readonly Change[]) => void) {
    this.#store = store;
    this.#clock = clock;
    this.#persist = persist;
  }

  /** One durable unit of work, of which an error leaves nothing. */
  run<T>(work: (ctx: Context) => T): T {
    this.catchUp();
    return this.#unit(this.#clock, work);
  }

  /** Does what has fallen due by the sandbox's clock, each thing as of the moment it was due. */
  catchUp(): void {
    const now = Math.floor(this.#clock.nowMs() / 1000);
    for (;;) {
      const task = nextDue(this.#store, null, now);
      if (!task) return;
      try {
        this.#unit({ nowMs: () => task.created * 1000 }, (ctx) => perform(ctx, task, dueWork));
      } catch (error) {
        // Left on the list it would stop the time for everything else.
        this.#unit(this.#clock, ({ store }) => store.tasks.remove(task.id));
        process.emitWarning(error as Error);
      }
    }
  }

  #unit<T>(clock: Clock, work: (ctx: Context) => T): T {
    try {
      return work(new Context(this.#store, clock, BY_ITSELF, this.origin));
    } catch (error) {
      this.#store.rollback();
      throw error;
    } finally {
      this.#store.commit(this.#persist, BY_ITSELF);
    }
  }
}
