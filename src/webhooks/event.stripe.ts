import type Stripe from 'stripe';
import type { StripeConnection } from '#stripe/stripe-connection.js';
import { type EventObject, targetOf } from './event-target.js';
import type { StripeEvent } from './stripe-event.js';

/** Whether something that Stripe has signed has the shape of an event: https://docs.stripe.com/api/events/object */
export function isEvent(value: unknown): value is Stripe.Event {
  const { id, type, data } = (value ?? {}) as Partial<Record<'id' | 'type' | 'data', unknown>>;
  const { object } = (data ?? {}) as { object?: unknown };
  return typeof id === 'string' && typeof type === 'string' && typeof object === 'object' && object !== null;
}

/** What we read from an event. `account` is set for an event of a connected account, which is not ours. */
export function toStripeEvent(event: Stripe.Event, { isLive }: StripeConnection): StripeEvent {
  const { id, type, created, livemode, account } = event;
  const object = event.data.object as unknown as EventObject;
  return {
    id,
    type,
    createdAt: Number.isSafeInteger(created) ? new Date(created * 1000) : undefined,
    objectId: typeof object.id === 'string' ? object.id : undefined,
    target: targetOf(type, object),
    isOurs: livemode === isLive && account === undefined,
  };
}
