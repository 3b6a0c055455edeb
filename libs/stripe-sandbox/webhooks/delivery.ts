import type Stripe from 'stripe';
import type { Context } from '../context.js';
import type { Delivery } from '../store/records.js';

const MINUTE = 60;

/**
 * How long after each failed attempt the next one comes. In test mode Stripe retries three times over a few
 * hours (https://docs.stripe.com/webhooks#retries); the steps are not published.
 */
const RETRY_AFTER_SECONDS = [5 * MINUTE, 30 * MINUTE, 120 * MINUTE];

/** The enabled endpoints that want to know of events of a type. */
export function endpointsFor({ store }: Context, type: string): Stripe.WebhookEndpoint[] {
  const enabled = [...store.webhookEndpoints.oldestFirst({ where: { status: 'enabled' } })];
  return enabled.filter(({ enabled_events: wanted }) => wanted.includes('*') || wanted.includes(type));
}

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

/** Puts a first attempt off. */
export function delay(ctx: Context, delivery: Delivery, seconds: number): void {
  plan(ctx, { ...delivery, created: delivery.created + seconds, isDelayed: true });
}

/** Takes note of an attempt: a success, or a failure to be made up for later if there are retries left. */
export function noteAttempt(ctx: Context, delivery: Delivery, isDelivered: boolean): void {
  const { deliveries, events } = ctx.store;
  const { id, event, attempts } = delivery;
  // Its duplicate may have been delivered before it.
  if (!deliveries.get(id)) return;
  const retryAfter = RETRY_AFTER_SECONDS[attempts];
  if (isDelivered) {
    deliveries.remove(id);
    events.update(event, { pending_webhooks: events.get(event)!.pending_webhooks - 1 });
  } else if (retryAfter === undefined) {
    deliveries.remove(id);
  } else {
    plan(ctx, { ...delivery, attempts: attempts + 1, created: ctx.now() + retryAfter });
  }
}

/** Puts a delivery where its time has it. */
function plan({ store }: Context, delivery: Delivery): void {
  store.deliveries.remove(delivery.id);
  store.deliveries.insert(delivery);
}
