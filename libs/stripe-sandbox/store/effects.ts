import type { Cause } from '../context.js';
import type { Change } from './collection.js';
import type { CollectionName } from './names.js';
import type { Store } from './store.js';

/** The nouns whose creation is an effect that somebody may have to account for. */
export const AUDITED: ReadonlySet<CollectionName> = new Set([
  'customers',
  'setupIntents',
  'paymentIntents',
  'charges',
  'refunds',
  'checkoutSessions',
  'subscriptions',
]);

/** That something was made, and for whose request. */
export interface EffectNote {
  /** Of what was made. */
  id: string;
  collection: CollectionName;
  /** Unix seconds. */
  madeAt: number;
  requestId: string | null;
  idempotencyKey: string | null;
}

/** Notes what a unit of work has made, as a part of it: what is kept is accounted for. */
export function noteEffects(store: Store, changes: readonly Change[], cause: Cause): void {
  const { requestId, idempotencyKey } = cause;
  const made = changes.filter(({ collection, before }) => before === undefined && AUDITED.has(collection));
  for (const { collection, id, after } of made) {
    store.effects.insert({ id, collection, madeAt: after?.created ?? 0, requestId, idempotencyKey });
  }
}
