import { isDeepStrictEqual } from 'node:util';
import type Stripe from 'stripe';
import type { Context } from '../context.js';
import { LATEST_VERSION } from '../http/versions.js';
import { newId } from '../store/ids.js';

export type EventType = Stripe.Event['type'];

/** Keeps an event, with the resource as it is now. Source: https://docs.stripe.com/api/events/object. */
export function recordEvent<T extends { id: string }>(
  ctx: Context,
  type: EventType,
  resource: T,
  before: T | undefined,
): void {
  const previous = before && previousAttributes(before, resource);
  ctx.store.events.insert({
    id: newId('event'),
    object: 'event',
    api_version: LATEST_VERSION,
    created: ctx.now(),
    data: { object: resource, ...(previous && { previous_attributes: previous }) },
    livemode: false,
    pending_webhooks: 0,
    request: { id: ctx.cause.requestId, idempotency_key: ctx.cause.idempotencyKey },
    type,
  } as unknown as Stripe.Event);
}

type Json = Record<string, unknown>;

const isHash = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The old values of what changed; inside a hash only the keys that changed, null for one that was not there. */
function previousAttributes(before: object, after: object): Json {
  const [old, fresh] = [before as Json, after as Json];
  const previous: Json = {};
  for (const key of new Set([...Object.keys(old), ...Object.keys(fresh)])) {
    if (isDeepStrictEqual(old[key], fresh[key])) continue;
    previous[key] =
      isHash(old[key]) && isHash(fresh[key]) ? previousAttributes(old[key], fresh[key]) : (old[key] ?? null);
  }
  return previous;
}
