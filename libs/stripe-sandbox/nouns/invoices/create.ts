import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { readRedemptions } from '../discounts/redemption.js';
import { pendingItems } from '../invoice-items/invoice-item.js';
import { requireOwnPaymentMethod } from '../payment-methods/payment-method.js';
import { draftInvoice } from './invoice.js';
import type { createParams } from './params.js';

const HOUR_SECONDS = 60 * 60;
const DAY_SECONDS = 24 * HOUR_SECONDS;

/**
 * Creates a draft, with the customer's pending invoice items if the parameters include them.
 * Source: https://docs.stripe.com/api/invoices/create.
 * @throws StripeFailure 400 for an unknown customer, a payment method that is not the customer's, or a missing due date
 */
export function createInvoice(ctx: Context, params: Params<typeof createParams>): Stripe.Invoice {
  const { default_payment_method: paymentMethodId, description = null, metadata } = params;
  const customer = fromParam(ctx.store.customers, params.customer, 'customer');
  const default_payment_method = requireOwnPaymentMethod(
    ctx,
    customer.id,
    paymentMethodId,
    'default_payment_method',
  );
  const includesItems = params.pending_invoice_items_behavior === 'include';
  const currency = params.currency ?? customer.currency ?? 'usd';
  const now = ctx.now(customer.id);
  const items = includesItems ? pendingItems(ctx, customer.id, currency) : [];
  const amountMinor = items.reduce((sum, { amount }) => sum + amount, 0);
  const redeemer = { customer: customer.id, currency, amountMinor };
  return draftInvoice(ctx, {
    customer: customer.id,
    currency,
    subscription: null,
    reason: 'manual',
    items,
    redemptions: readRedemptions(ctx, params.discounts, redeemer),
    period: { start: now, end: now },
    finalizesAt: params.auto_advance ? now + HOUR_SECONDS : null,
    fields: {
      collection_method: params.collection_method ?? 'charge_automatically',
      custom_fields: params.custom_fields ?? null,
      default_payment_method,
      description,
      due_date: dueDateOf(params, now),
      footer: params.footer ?? null,
      metadata: mergeMetadata({}, metadata),
    },
  });
}

/** When an invoice that is sent must be paid, in Unix seconds; null for one that is charged automatically. */
function dueDateOf(
  { collection_method, days_until_due, due_date }: Params<typeof createParams>,
  now: number,
): number | null {
  if (collection_method !== 'send_invoice') {
    if (days_until_due === undefined && due_date === undefined) return null;
    const param = due_date === undefined ? 'days_until_due' : 'due_date';
    throw failures.invalidRequest(
      `\`${param}\` can only be set if the invoice's collection method is \`send_invoice\`.`,
      { param },
    );
  }
  if (days_until_due !== undefined && due_date !== undefined) {
    throw failures.exclusive('days_until_due', 'due_date');
  }
  if (days_until_due !== undefined) return now + days_until_due * DAY_SECONDS;
  if (due_date === undefined) throw failures.missing('days_until_due');
  return due_date;
}
