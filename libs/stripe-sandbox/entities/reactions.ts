import type Stripe from 'stripe';
import type { Context } from '../context.js';
import { checkoutPaid } from './checkout-payment.js';
import type { EventType } from './event.js';

type Reaction<T> = (ctx: Context, resource: T) => void;

/** What follows from an event within Stripe itself, in the same unit of work. */
const REACTIONS: { [T in EventType]?: Reaction<Extract<Stripe.Event, { type: T }>['data']['object']> } = {
  'payment_intent.succeeded': checkoutPaid,
  'payment_intent.amount_capturable_updated': checkoutPaid,
};

export function react(ctx: Context, type: EventType, resource: object): void {
  (REACTIONS[type] as Reaction<object> | undefined)?.(ctx, resource);
}
