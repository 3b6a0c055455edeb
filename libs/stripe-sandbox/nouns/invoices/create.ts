import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { readRedemptions } from '../discounts/redemption.js';
import { pendingItems, pendingItemsFor } from '../invoice-items/invoice-item.js';
import { draftInvoice } from './invoice.js';
import type { createParams } from './params.js';
import { dueDateFrom, finalizesAtFrom, NEW_SETTINGS, settingsFrom } from './settings.js';

type CreateParams = Params<typeof createParams>;

/**
 * Creates a draft, with the pending invoice items of the customer, or of a subscription, if the parameters include them.
 * Source: https://docs.stripe.com/api/invoices/create.
 * @throws StripeFailure 400 for an unknown reference, or parameters that do not go together
 */
export function createInvoice(ctx: Context, params: CreateParams): Stripe.Invoice {
  const customer = fromParam(ctx.store.customers, params.customer, 'customer');
  const subscription = readSubscription(ctx, params);
  const currency = params.currency ?? subscription?.currency ?? customer.currency ?? 'usd';
  const now = ctx.now(customer.id);
  const items = itemsFor(ctx, params, { subscription, currency });
  const amountMinor = items.reduce((sum, { amount }) => sum + amount, 0);
  const redeemer = { customer: customer.id, currency, amountMinor };
  const collection_method = params.collection_method ?? 'charge_automatically';
  const finalizesAt = finalizesAtFrom(params, now) ?? null;
  return draftInvoice(ctx, {
    customer: customer.id,
    currency,
    subscription,
    reason: 'manual',
    items,
    redemptions: readRedemptions(ctx, params.discounts, redeemer),
    period: { start: now, end: now },
    finalizesAt,
    fields: {
      ...settingsFrom(ctx, params, customer.id, NEW_SETTINGS),
      auto_advance: finalizesAt !== null,
      due_date: dueDateFrom(params, { collection_method, created: now, due_date: null }),
      metadata: mergeMetadata({}, params.metadata),
    },
  });
}

/** @throws StripeFailure 400 for a subscription that is unknown or another customer's */
function readSubscription(
  ctx: Context,
  { customer, subscription: id }: CreateParams,
): Stripe.Subscription | null {
  if (id === undefined) return null;
  const subscription = fromParam(ctx.store.subscriptions, id, 'subscription');
  if (subscription.customer === customer) return subscription;
  throw failures.invalidRequest('The subscription does not belong to this customer.', {
    param: 'subscription',
  });
}

function itemsFor(
  ctx: Context,
  { customer, pending_invoice_items_behavior: behavior }: CreateParams,
  { subscription, currency }: { subscription: Stripe.Subscription | null; currency: string },
): readonly Stripe.InvoiceItem[] {
  if (behavior !== 'include') return [];
  return subscription ? pendingItemsFor(ctx, subscription) : pendingItems(ctx, customer, currency);
}
