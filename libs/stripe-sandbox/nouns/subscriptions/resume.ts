import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures, StripeFailure } from '../../http/errors.js';
import { invoicePaymentMethod, tryToPayInvoice } from '../invoices/pay.js';
import { periodAt } from './billing-period.js';
import { inPeriod, itemFields } from './items.js';
import { invoiceImmediately } from './lifecycle.js';
import { periodLines, saveSubscription } from './subscription.js';

/**
 * Resumes a subscription that was paused at the end of its trial, with a new billing cycle. It stays paused until its
 * invoice is paid. Source: https://docs.stripe.com/api/subscriptions/resume.
 * @throws StripeFailure 400 unless the subscription is paused
 */
export function resumeSubscription(ctx: Context, before: Stripe.Subscription): Stripe.Subscription {
  if (before.status !== 'paused') {
    throw failures.invalidRequest(
      `Only subscriptions with a status of \`paused\` can be resumed. This subscription has a status of \`${before.status}\`.`,
    );
  }
  const now = ctx.now(before.customer as string);
  const moved = before.items.data.map((item) => inPeriod(item, periodAt(now, item.price.recurring!, now)));
  const restarted = saveSubscription(ctx, before, {
    billing_cycle_anchor: now,
    ...itemFields(before.id, moved),
  });
  const invoice = invoiceImmediately(ctx, restarted, { items: [], lines: periodLines(ctx, moved) });
  if (invoice?.status === 'open' && invoicePaymentMethod(ctx, invoice)) {
    try {
      tryToPayInvoice(ctx, invoice, { offSession: true });
    } catch (error) {
      // The invoice shows a decline.
      if (!(error instanceof StripeFailure)) throw error;
    }
  }
  return ctx.store.subscriptions.get(before.id)!;
}
