import type { DueWork } from '../due.js';
import { checkoutSessionDue } from './checkout-session.js';
import { disputeDue } from './dispute-answer.js';
import { invoiceDue } from './invoice-collection.js';
import { subscriptionDue } from './subscription-lifecycle.js';
import { holdDue } from './payment-intent-capture.js';
import { refundDue } from './refund.js';
import { testClockDue } from './test-clock.js';

/** What time brings about, by the collection of the entity that waits for it. */
export const dueWork: DueWork = {
  checkoutSessions: checkoutSessionDue,
  disputes: disputeDue,
  invoices: invoiceDue,
  subscriptions: subscriptionDue,
  paymentIntents: holdDue,
  refunds: refundDue,
  testClocks: testClockDue,
};
