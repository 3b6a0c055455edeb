import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { insertInvoiceItem } from '../invoice-items/invoice-item.js';
import { pricingOf, quantityFields } from '../invoice-items/pricing.js';
import { draftInvoice, finalizeInvoice } from '../invoices/invoice.js';
import { recordInvoicePayment } from '../invoices/pay.js';
import { lineItemsOf } from './line-items.js';
import { sessionRedemptions } from './discounts.js';

/**
 * The invoice of a session's payment, if the session creates one.
 * Source: https://docs.stripe.com/payments/checkout/receipts#paid-invoices.
 * @returns its id, or null
 */
export function invoiceSessionPayment(
  ctx: Context,
  session: Stripe.Checkout.Session,
  intent: Stripe.PaymentIntent,
): string | null {
  const { invoice_creation: wished, currency } = session;
  const facts = ctx.store.checkoutFacts.get(session.id)!;
  const customer = ctx.store.customers.get(facts.customer ?? '');
  if (!wished?.enabled || !customer) return null;
  const now = ctx.now(customer.id);
  const items = lineItemsOf(ctx, session.id).map(
    ({ description, price, quantity, amount_subtotal, metadata }) =>
      insertInvoiceItem(ctx, customer, {
        amount: amount_subtotal,
        currency: currency!,
        description,
        discountable: true,
        metadata: metadata ?? {},
        parent: null,
        period: { start: now, end: now },
        pricing: pricingOf(price!),
        proration: false,
        ...quantityFields(String(quantity ?? 1)),
      }),
  );
  const { custom_fields, description, footer, metadata } = wished.invoice_data;
  const draft = draftInvoice(ctx, {
    customer: customer.id,
    currency: currency!,
    subscription: null,
    reason: 'manual',
    items,
    redemptions: sessionRedemptions(ctx, facts),
    period: { start: now, end: now },
    finalizesAt: null,
    fields: { custom_fields, description, footer, metadata: metadata ?? {} },
  });
  finalizeInvoice(ctx, draft, { usesBalance: false, paidBy: intent });
  recordInvoicePayment(ctx, intent);
  return draft.id;
}
