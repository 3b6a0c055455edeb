import type { Context } from '../context.js';
import { objectOf } from '../store/collection-names.js';
import type { EffectNote } from '../store/records.js';
import type { Store } from '../store/store.js';

/** Something that was made, and as it is now. */
export interface Effect {
  object: string;
  id: string;
  /** Unix seconds. */
  created: number;
  requestId: string | null;
  idempotencyKey: string | null;
  customer: string | null;
  /** Minor units; null for what has no amount. */
  amount: number | null;
  currency: string | null;
  /** `deleted` for what is no longer there. */
  status: string | null;
  metadata: Record<string, string>;
}

/** Does a durable unit of work. */
type Run = <T>(work: (ctx: Context) => T) => T;

/** What calls have done to the account, for audits: since the ledger was last cleared, over restarts. */
export class Ledger {
  readonly #store: Store;
  readonly #run: Run;

  constructor(store: Store, run: Run) {
    this.#store = store;
    this.#run = run;
  }

  /** In the order they were made; only of one `object`, if given. */
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
