import type { DueWork } from '../due.js';
import { checkoutSessionDue } from './checkout-session.js';
import { refundDue } from './refund.js';

/** What time brings about, by the collection of the entity that waits for it. */
export const dueWork: DueWork = {
  checkoutSessions: checkoutSessionDue,
  refunds: refundDue,
};
