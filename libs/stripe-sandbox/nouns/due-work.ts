import type { DueWork } from '../due.js';
import { settleFunds } from './balance-transactions/balance-transaction.js';
import { advanceCharge } from './charges/charge.js';
import { expireDueCheckoutSession } from './checkout-sessions/checkout-session.js';
import { expireCoupon } from './coupons/coupon.js';
import { endDiscount } from './discounts/discount.js';
import { decideDispute } from './disputes/respond.js';
import { advanceInvoice } from './invoices/collect.js';
import { releaseExpiredHold } from './payment-intents/capture.js';
import { settleDebit } from './payment-intents/debit.js';
import { expirePromotionCode } from './promotion-codes/promotion-code.js';
import { advanceRefund } from './refunds/refund.js';
import { advanceSubscription, markOverdue } from './subscriptions/lifecycle.js';
import { advanceSchedule } from './subscription-schedules/subscription-schedule.js';
import { verifyTaxId } from './tax-ids/tax-id.js';
import { deleteExpiredTestClock } from './test-clocks/test-clock.js';

/** What to do when an entity's scheduled time comes, by its collection. */
export const dueWork: DueWork = {
  balanceTransactions: settleFunds,
  charges: advanceCharge,
  checkoutSessions: expireDueCheckoutSession,
  coupons: expireCoupon,
  discounts: endDiscount,
  disputes: decideDispute,
  invoices: (ctx, id) => {
    advanceInvoice(ctx, id);
    markOverdue(ctx, id);
  },
  subscriptions: advanceSubscription,
  paymentIntents: (ctx, id) => {
    releaseExpiredHold(ctx, id);
    settleDebit(ctx, id);
  },
  promotionCodes: expirePromotionCode,
  refunds: advanceRefund,
  subscriptionSchedules: advanceSchedule,
  taxIds: verifyTaxId,
  testClocks: deleteExpiredTestClock,
};
