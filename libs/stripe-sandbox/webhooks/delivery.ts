import type Stripe from 'stripe';
import type { Context } from '../context.js';
import type { Delivery } from '../store/records.js';

const MINUTE = 60;

/**
 * The delay before each retry. In test mode Stripe retries three times over a few
 * hours (https://docs.stripe.com/webhooks#retries); the steps are not published.
 */
const RETRY_AFTER_SECONDS = [5 * MINUTE, 30 * MINUTE, 120 * MINUTE];

/** The enabled endpoints that receive events of a type. */
export function endpointsFor({ store }: Context, type: string): Stripe.WebhookEndpoint[] {
  const enabled = [...store.webhookEndpoints.oldestFirst({ where: { status: 'enabled' } })];
  return enabled.filter(({ enabled_events: wanted }) => wanted.includes('*') || wanted.includes(type));
}

/** Plans the first attempt of an event for each endpoint. */
export function planDeliveries(
  ctx: Context,
  event: string,
  endpoints: readonly Stripe.WebhookEndpoint[],
): void {
  const now = ctx.now();
  for (const { id: endpoint } of endpoints) {
    const id = `${event}/${endpoint}`;
    ctx.store.deliveries.insert({ id, created: now, event, endpoint, attempts: 0, isDelayed: false });
  }
}

/** Sends an event to an endpoint once more, now. */
export function resend(ctx: Context, event: Stripe.Event, endpoint: Stripe.WebhookEndpoint): Stripe.Event {
  const pending = ctx.store.deliveries.get(`${event.id}/${endpoint.id}`);
  if (pending) {
    reschedule(ctx, { ...pending, created: ctx.now() });
    return event;
  }
  planDeliveries(ctx, event.id, [endpoint]);
  return ctx.store.events.update(event.id, { pending_webhooks: event.pending_webhooks + 1 });
}

/** Delays a first attempt. */
export function delay(ctx: Context, delivery: Delivery, seconds: number): void {
  reschedule(ctx, { ...delivery, created: delivery.created + seconds, isDelayed: true });
}

/** Records the result of an attempt; a failure is retried later while there are retries left. */
export function recordAttempt(ctx: Context, delivery: Delivery, isDelivered: boolean): void {
  const { deliveries, events } = ctx.store;
  const { id, event, attempts } = delivery;
  // A duplicate may have been delivered first.
  if (!deliveries.get(id)) return;
  const retryAfter = RETRY_AFTER_SECONDS[attempts];
  if (isDelivered) {
    deliveries.remove(id);
    events.update(event, { pending_webhooks: events.get(event)!.pending_webhooks - 1 });
  } else if (retryAfter === undefined) {
    deliveries.remove(id);
  } else {
    reschedule(ctx, { ...delivery, attempts: attempts + 1, created: ctx.now() + retryAfter });
  }
}

/** Stores a delivery at its new time. */
function reschedule({ store }: Context, delivery: Delivery): void {
  store.deliveries.remove(delivery.id);
  store.deliveries.insert(delivery);
}
