import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { fromParam } from '../../http/lookup.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import type { createParams } from './params.js';
import { pendingItems } from '../invoice-items/invoice-item.js';
import { draftInvoice } from './invoice.js';
import { requireOwnPaymentMethod } from '../subscriptions/create.js';

const HOUR = 60 * 60;

/**
 * A draft made by hand, of what waits for the customer where it is told to take that.
 * Source: https://docs.stripe.com/api/invoices/create.
 * @throws StripeFailure 400 for an unknown customer, or a payment method that is not the customer's
 */
export function createInvoice(ctx: Context, params: Params<typeof createParams>): Stripe.Invoice {
  const { default_payment_method: chosen, description = null, metadata } = params;
  const customer = fromParam(ctx.store.customers, params.customer, 'customer');
  const method = chosen === undefined ? null : requireOwnPaymentMethod(ctx, customer.id, chosen);
  const takesItems = params.pending_invoice_items_behavior === 'include';
  const currency = params.currency ?? customer.currency ?? 'usd';
  const now = ctx.now(customer.id);
  return draftInvoice(ctx, {
    customer: customer.id,
    currency,
    subscription: null,
    reason: 'manual',
    items: takesItems ? pendingItems(ctx, customer.id, currency) : [],
    period: { start: now, end: now },
    finalizesAt: params.auto_advance ? now + HOUR : null,
    given: { default_payment_method: method, description, metadata: mergeMetadata({}, metadata) },
  });
}
