import type { DueWork } from '../due.js';
import { checkoutSessionDue } from './checkout-sessions/checkout-session.js';
import { disputeDue } from './disputes/answer.js';
import { invoiceDue } from './invoices/collection.js';
import { subscriptionDue } from './subscriptions/lifecycle.js';
import { holdDue } from './payment-intents/capture.js';
import { refundDue } from './refunds/refund.js';
import { testClockDue } from './test-clocks/test-clock.js';

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
