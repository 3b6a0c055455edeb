import type { Context } from '../context.js';
import { objectOf } from '../store/collection-names.js';
import type { EffectNote } from '../store/records.js';
import type { Store } from '../store/store.js';

/** An object that was created, in its current state. */
export interface Effect {
  object: string;
  id: string;
  /** Unix seconds. */
  created: number;
  requestId: string | null;
  idempotencyKey: string | null;
  customer: string | null;
  /** Minor units; null for an object without an amount. */
  amount: number | null;
  currency: string | null;
  /** `deleted` for an object that no longer exists. */
  status: string | null;
  metadata: Record<string, string>;
}

/** Runs a durable unit of work. */
type Run = <T>(work: (ctx: Context) => T) => T;

/** What was created in the account since the ledger was last cleared; it survives restarts. */
export class Ledger {
  readonly #store: Store;
  readonly #run: Run;

  constructor(store: Store, run: Run) {
    this.#store = store;
    this.#run = run;
  }

  /** In order of creation; only those of one `object`, if given. */
  list(object?: string): Effect[] {
    const notes = [...this.#store.effects.oldestFirst()];
    return notes
      .filter(({ collection }) => object === undefined || objectOf[collection] === object)
      .map((note) => this.#effectOf(note));
  }

  clear(): void {
    this.#run(({ store: { effects } }) => {
      const notes = [...effects.oldestFirst()];
      for (const { id } of notes) effects.remove(id);
    });
  }

  #effectOf({ collection, id, madeAt, requestId, idempotencyKey }: EffectNote): Effect {
    const entity = (this.#store.collection(collection).get(id) ?? { status: 'deleted' }) as Partial<
      Effect & { amount_total: number }
    >;
    return {
      object: objectOf[collection]!,
      id,
      created: madeAt,
      requestId,
      idempotencyKey,
      customer: entity.customer ?? null,
      amount: entity.amount ?? entity.amount_total ?? null,
      currency: entity.currency ?? null,
      status: entity.status ?? null,
      metadata: entity.metadata ?? {},
    };
  }
}
