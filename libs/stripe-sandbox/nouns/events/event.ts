import { isDeepStrictEqual } from 'node:util';
import type Stripe from 'stripe';
import type { Context, EventType } from '../../context.js';
import { newId } from '../../store/ids.js';
import { endpointsFor, planDeliveries } from '../../webhooks/delivery.js';

/**
 * Records an event with a resource's current state, and plans its deliveries.
 * Source: https://docs.stripe.com/api/events/object.
 */
export function recordEvent(
  ctx: Context,
  type: EventType,
  resource: object,
  before: object | undefined,
): void {
  const previous = before && previousAttributes(before, resource);
  const endpoints = endpointsFor(ctx, type);
  const event = ctx.store.events.insert({
    id: newId('event'),
    object: 'event',
    api_version: ctx.accountVersion,
    created: timeOf(ctx, resource),
    data: { object: resource, ...(previous && { previous_attributes: previous }) },
    livemode: false,
    pending_webhooks: endpoints.length,
    request: { id: ctx.cause.requestId, idempotency_key: ctx.cause.idempotencyKey },
    type,
  } as unknown as Stripe.Event);
  planDeliveries(ctx, event.id, endpoints);
}

/** The time by the clock of the customer that a resource belongs to. */
function timeOf(ctx: Context, resource: { id?: string; object?: string; customer?: unknown }): number {
  const customer = resource.object === 'customer' ? resource.id : resource.customer;
  return ctx.now(typeof customer === 'string' ? customer : null);
}

type Json = Record<string, unknown>;

const isHash = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The old values of the changed fields, null for a new one. Of a hash only the changed keys are included. */
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
