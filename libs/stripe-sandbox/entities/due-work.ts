import type { DueWork } from '../due.js';
import { checkoutSessionDue } from './checkout-session.js';
import { holdDue } from './payment-intent-capture.js';
import { refundDue } from './refund.js';

/** What time brings about, by the collection of the entity that waits for it. */
export const dueWork: DueWork = {
  checkoutSessions: checkoutSessionDue,
  paymentIntents: holdDue,
  refunds: refundDue,
};
