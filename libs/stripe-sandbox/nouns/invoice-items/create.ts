import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { newId } from '../../store/ids.js';
import { saveCustomer } from '../customers/customer.js';
import { applyRedemptions } from '../discounts/discount.js';
import { readRedemptions } from '../discounts/redemption.js';
import { addToDraft, requireDraft, requireRoom } from '../invoices/draft-lines.js';
import { insertInvoiceItem } from './invoice-item.js';
import type { createParams, previewItemParams } from './params.js';
import { readCost } from './pricing.js';

type CreateParams = Params<typeof createParams>;
type PreviewItemParams = Params<typeof previewItemParams> & { customer: string };

/**
 * Creates a pending item, or one on a draft. Source: https://docs.stripe.com/api/invoiceitems/create.
 * @throws StripeFailure 400 for an unknown reference, an invoice that is no draft, or parameters that do not go together
 */
export function createInvoiceItem(
  ctx: Context,
  params: CreateParams | PreviewItemParams,
): Stripe.InvoiceItem {
  const invoice = readInvoice(ctx, params);
  const customerId = params.customer ?? (invoice?.customer as string | undefined);
  if (customerId === undefined) throw failures.missing('customer');
  const customer = fromParam(ctx.store.customers, customerId, 'customer');
  const subscription = readSubscription(ctx, params, customer.id);
  if (invoice && invoice.customer !== customer.id) {
    throw failures.invalidRequest('The invoice does not belong to this customer.', { param: 'invoice' });
  }
  const now = ctx.now(customer.id);
  const period = readPeriod(params.period) ?? { end: now, start: now };
  const { productName, ...cost } = readCost(
    ctx,
    params,
    params.currency ?? invoice?.currency ?? customer.currency ?? 'usd',
    '1',
  );
  requireCurrency(
    cost.currency,
    params.currency ?? invoice?.currency,
    params.currency ? 'currency' : 'invoice',
  );
  const id = newId('invoiceItem');
  const redeemer = { customer: customer.id, currency: cost.currency, amountMinor: cost.amount };
  const redemptions = 'discounts' in params ? readRedemptions(ctx, params.discounts, redeemer) : [];
  const item = insertInvoiceItem(ctx, customer, {
    id,
    ...cost,
    discounts: applyRedemptions(ctx, redemptions ?? [], { customer: customer.id, invoice_item: id }),
    description: params.description ?? productName,
    discountable: params.discountable ?? cost.amount >= 0,
    metadata: mergeMetadata({}, params.metadata),
    parent: subscription ? { subscription_details: { subscription }, type: 'subscription_details' } : null,
    period,
    proration: false,
  });
  if (customer.currency === null) saveCustomer(ctx, customer, { currency: cost.currency });
  return invoice ? addToDraft(ctx, invoice, item) : item;
}

/** @throws StripeFailure 400 for a period that ends before it begins */
export function readPeriod(period: CreateParams['period']): Stripe.InvoiceItem.Period | undefined {
  if (!period || period.end >= period.start) return period;
  throw failures.invalidRequest('The period end must be greater than or equal to the period start.', {
    param: 'period[end]',
  });
}

function readInvoice(ctx: Context, params: CreateParams | PreviewItemParams): Stripe.Invoice | undefined {
  const id = 'invoice' in params ? params.invoice : undefined;
  if (id === undefined) return undefined;
  return requireRoom(requireDraft(fromParam(ctx.store.invoices, id, 'invoice')));
}

function readSubscription(
  ctx: Context,
  params: CreateParams | PreviewItemParams,
  customer: string,
): string | undefined {
  const id = 'subscription' in params ? params.subscription : undefined;
  if (id === undefined) return undefined;
  const subscription = fromParam(ctx.store.subscriptions, id, 'subscription');
  if (subscription.customer === customer) return id;
  throw failures.invalidRequest('The subscription does not belong to this customer.', {
    param: 'subscription',
  });
}

function requireCurrency(currency: string, expected: string | undefined, param: string): void {
  if (expected === undefined || expected === currency) return;
  throw failures.invalidRequest(
    `The price specified only supports \`${currency}\`. This doesn't match the expected currency: \`${expected}\`.`,
    { param },
  );
}
