import type Stripe from 'stripe';
import type { Context } from '../context.js';
import { checkoutPaid, checkoutSetUp } from './checkout-sessions/payment.js';
import { checkoutSubscriptionPaid } from './checkout-sessions/subscription.js';
import type { EventType } from './events/event.js';
import {
  invoiceActionRequired,
  invoicePaymentFailed,
  invoicePaymentSucceeded,
} from './invoices/collection.js';
import { answerFraudWarnings } from './early-fraud-warnings/early-fraud-warning.js';
import { stopCollectingFrom } from './invoices/invoice.js';
import {
  endSubscriptionsOf,
  subscriptionGivenUp,
  subscriptionPaid,
  subscriptionUnpaid,
} from './subscriptions/lifecycle.js';
import { subscriptionSetUp } from './subscriptions/trial.js';

type Reaction<T> = (ctx: Context, resource: T) => void;

/** What follows from an event within Stripe itself, in the same unit of work. */
const REACTIONS: { [T in EventType]?: Reaction<Extract<Stripe.Event, { type: T }>['data']['object']> } = {
  'payment_intent.succeeded': (ctx, intent) => {
    invoicePaymentSucceeded(ctx, intent);
    checkoutPaid(ctx, intent);
  },
  'payment_intent.payment_failed': invoicePaymentFailed,
  'payment_intent.requires_action': invoiceActionRequired,
  'payment_intent.amount_capturable_updated': checkoutPaid,
  'charge.refunded': answerFraudWarnings,
  'setup_intent.succeeded': (ctx, intent) => {
    subscriptionSetUp(ctx, intent);
    checkoutSetUp(ctx, intent);
  },
  'invoice.paid': (ctx, invoice) => {
    subscriptionPaid(ctx, invoice);
    checkoutSubscriptionPaid(ctx, invoice);
  },
  'invoice.payment_failed': subscriptionUnpaid,
  'invoice.updated': subscriptionGivenUp,
  'customer.deleted': (ctx, customer) => {
    endSubscriptionsOf(ctx, customer);
    stopCollectingFrom(ctx, customer);
  },
};

export function react(ctx: Context, type: EventType, resource: object): void {
  (REACTIONS[type] as Reaction<object> | undefined)?.(ctx, resource);
}
