import type { Cause } from '../context.js';
import type { Change } from '../store/collection.js';
import type { CollectionName } from '../store/names.js';
import { objectOf } from '../store/nouns.js';
import type { Store } from '../store/store.js';

/** The nouns whose creation is an effect that somebody may have to account for. */
const AUDITED: ReadonlySet<CollectionName> = new Set([
  'customers',
  'setupIntents',
  'paymentIntents',
  'charges',
  'refunds',
  'checkoutSessions',
  'subscriptions',
]);

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

interface Entry {
  collection: CollectionName;
  id: string;
  created: number;
  cause: Cause;
}

/** What calls have done to the account since the start of the process, for audits. */
export class Ledger {
  readonly #store: Store;
  #entries: Entry[] = [];

  constructor(store: Store) {
    this.#store = store;
    store.watch((change, cause) => this.#note(change, cause));
  }

  /** In the order they were made; only of one `object`, if given. */
  list(object?: string): Effect[] {
    const entries = this.#entries.filter(
      ({ collection }) => object === undefined || objectOf[collection] === object,
    );
    return entries.map((entry) => this.#effectOf(entry));
  }

  clear(): void {
    this.#entries = [];
  }

  #note({ collection, id, before, after }: Change, cause: Cause): void {
    if (before || !after || !AUDITED.has(collection)) return;
    this.#entries.push({ collection, id, created: after.created ?? 0, cause });
  }

  #effectOf({ collection, id, created, cause }: Entry): Effect {
    const entity = (this.#store.collection(collection).get(id) ?? { status: 'deleted' }) as Partial<
      Effect & { amount_total: number }
    >;
    return {
      object: objectOf[collection]!,
      id,
      created,
      requestId: cause.requestId,
      idempotencyKey: cause.idempotencyKey,
      customer: entity.customer ?? null,
      amount: entity.amount ?? entity.amount_total ?? null,
      currency: entity.currency ?? null,
      status: entity.status ?? null,
      metadata: entity.metadata ?? {},
    };
  }
}
