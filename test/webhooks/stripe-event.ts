import { createHmac, randomUUID } from 'node:crypto';

/** https://docs.stripe.com/webhooks#verify-manually */
export function signatureOf(payload: string, secret: string, timestamp: number): string {
  const mac = createHmac('sha256', secret).update(`${timestamp}.${payload}`).digest('hex');
  return `t=${timestamp},v1=${mac},v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39`;
}

/** An event as Stripe would send it: https://docs.stripe.com/api/events/object */
export function eventOf(type: string, object: object, id = someEventId(), differences: object = {}): string {
  const event = { id, object: 'event', created: 1_790_000_000, livemode: false, type, data: { object } };
  return JSON.stringify({ ...event, ...differences }, null, 2);
}

export function someEventId(): string {
  return `evt_${randomUUID().replaceAll('-', '')}`;
}
