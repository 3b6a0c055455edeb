import type { Change, Collection } from './collection.js';
import type { CollectionName } from './collection-names.js';
import type { Cause, EffectNote } from './records.js';

/** The collections whose new entities are recorded in the ledger. */
export const AUDITED: ReadonlySet<CollectionName> = new Set([
  'customers',
  'setupIntents',
  'paymentIntents',
  'charges',
  'refunds',
  'checkoutSessions',
  'subscriptions',
]);

/** Records what a unit of work created, within that unit. */
export function noteEffects(effects: Collection<EffectNote>, changes: readonly Change[], cause: Cause): void {
  const { requestId, idempotencyKey } = cause;
  const made = changes.filter(({ collection, before }) => before === undefined && AUDITED.has(collection));
  for (const { collection, id, after } of made) {
    effects.insert({ id, collection, madeAt: after?.created ?? 0, requestId, idempotencyKey });
  }
}
