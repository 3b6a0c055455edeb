import { setTimeout as delay } from 'node:timers/promises';
import { eventOf, signatureOf } from '../webhooks/stripe-event.js';
import { type Bench, WEBHOOK_SECRET } from './bench.js';
import { untilDone } from './until-done.js';

const RETRY_MS = 1_000;

/** The responses to posted events. */
export interface PostedEvents {
  /** How long each took, in milliseconds. */
  times: number[];
  /** The events that were refused at first. */
  refused: string[];
}

/** Makes payments as in the Dashboard. Returns the ids of their PaymentIntents. */
export async function makeIntents({ stripeClient }: Bench, count: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    const { id } = await stripeClient.paymentIntents.create({
      amount: 2_000,
      currency: 'usd',
      payment_method: 'pm_card_visa',
      confirm: true,
      return_url: 'https://example.com/paid',
    });
    ids.push(id);
  }
  return ids;
}

/** Posts an event about a payment, and again until it is stored, as Stripe does. */
export async function postEvent(
  bench: Bench,
  id: string,
  intent: string,
  posted: PostedEvents,
): Promise<void> {
  const { url } = await bench.fleet.next(0);
  const body = eventOf('charge.updated', { payment_intent: intent }, id);
  const signature = signatureOf(body, WEBHOOK_SECRET, Math.floor(Date.now() / 1000));
  const headers = { 'content-type': 'application/json', 'stripe-signature': signature };
  const startMs = performance.now();
  const { status } = await fetch(`${url}/webhooks/stripe`, { method: 'POST', headers, body });
  posted.times.push(performance.now() - startMs);
  if (status === 200) return;
  posted.refused.push(`${id}: ${status}`);
  await delay(RETRY_MS);
  await postEvent(bench, id, intent, posted);
}

/** The events that are stored and not handled yet. */
export async function openEvents(bench: Bench): Promise<string[]> {
  const rows = await bench.query<{ id: string }>("select id from webhook_events where state = 'stored'");
  return rows.map(({ id }) => id);
}

/** Waits until all events are handled. Returns those that are not. */
export function drainEvents(bench: Bench): Promise<string[]> {
  return untilDone(
    bench,
    () => openEvents(bench),
    (ids) => ids.length,
  );
}

/** The value below which a share of the values lies; 0 if there are none. */
export function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;
}
