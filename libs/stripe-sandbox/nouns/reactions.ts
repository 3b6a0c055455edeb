import type Stripe from 'stripe';
import type { Context, Emit, EventType } from '../context.js';
import {
  completePaidCheckout,
  completeSetupCheckout,
  completeTransferCheckout,
  reportFailedDebit,
} from './checkout-sessions/pay.js';
import { completeProcessingCheckout, completeSubscriptionCheckout } from './checkout-sessions/subscribe.js';
import { closeFraudWarnings } from './early-fraud-warnings/early-fraud-warning.js';
import { recordEvent } from './events/event.js';
import { retryFailedDebit } from './invoices/collect.js';
import { stopCollectingFromCustomer } from './invoices/invoice.js';
import {
  recordFailedInvoicePayment,
  recordInvoiceActionRequired,
  recordInvoicePayment,
  recordInvoiceProcessing,
} from './invoices/pay.js';
import { cancelScheduleOf } from './subscription-schedules/subscription-schedule.js';
import {
  activatePaidSubscription,
  activateProcessingSubscription,
  endCustomerSubscriptions,
  handleRetriesExhausted,
  markPastDue,
} from './subscriptions/lifecycle.js';
import { completePendingSetup } from './subscriptions/trial.js';

type Reaction<T> = (ctx: Context, resource: T) => void;

/** The changes that Stripe itself makes after an event, in the same unit of work. */
const REACTIONS: { [T in EventType]?: Reaction<Extract<Stripe.Event, { type: T }>['data']['object']> } = {
  'payment_intent.succeeded': (ctx, intent) => {
    recordInvoicePayment(ctx, intent);
    completePaidCheckout(ctx, intent);
  },
  'payment_intent.processing': (ctx, intent) => {
    recordInvoiceProcessing(ctx, intent);
    activateProcessingSubscription(ctx, intent);
    completeProcessingCheckout(ctx, intent);
    completePaidCheckout(ctx, intent);
  },
  'payment_intent.payment_failed': (ctx, intent) => {
    recordFailedInvoicePayment(ctx, intent);
    retryFailedDebit(ctx, intent);
    reportFailedDebit(ctx, intent);
  },
  'payment_intent.requires_action': (ctx, intent) => {
    recordInvoiceActionRequired(ctx, intent);
    completeTransferCheckout(ctx, intent);
  },
  'payment_intent.amount_capturable_updated': completePaidCheckout,
  'charge.refunded': closeFraudWarnings,
  'setup_intent.succeeded': (ctx, intent) => {
    completePendingSetup(ctx, intent);
    completeSetupCheckout(ctx, intent);
  },
  'invoice.paid': (ctx, invoice) => {
    activatePaidSubscription(ctx, invoice);
    completeSubscriptionCheckout(ctx, invoice);
  },
  'invoice.payment_failed': markPastDue,
  'invoice.updated': handleRetriesExhausted,
  'customer.subscription.deleted': cancelScheduleOf,
  'customer.deleted': (ctx, customer) => {
    endCustomerSubscriptions(ctx, customer);
    stopCollectingFromCustomer(ctx, customer);
  },
};

/** Records an event and makes the changes that follow from it. */
export const emit: Emit = (ctx, type, resource, before) => {
  recordEvent(ctx, type, resource, before);
  (REACTIONS[type] as Reaction<object> | undefined)?.(ctx, resource);
};
