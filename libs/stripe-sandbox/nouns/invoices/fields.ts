import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { newId } from '../../store/ids.js';
import type { Redemption } from '../discounts/redemption.js';
import { lineFromItem } from '../invoice-items/invoice-item.js';
import { taxIdsOf } from '../tax-ids/tax-id.js';
import { withDiscounts } from './discounted.js';
import type { LineDraft } from './lines.js';
import { DAY_SECONDS } from './settings.js';
import { totalsOf } from './totals.js';

/** What a new invoice is for. */
export interface InvoiceDraft {
  customer: string;
  currency: string;
  /** null for an invoice that was created through the API. */
  subscription: Stripe.Subscription | null;
  reason: 'manual' | 'subscription_create' | 'subscription_cycle' | 'subscription_update';
  /** The pending items that the invoice includes. */
  items?: readonly Stripe.InvoiceItem[];
  lines?: LineDraft[];
  period: { start: number; end: number };
  /** When it is finalized automatically, in Unix seconds; null if the caller finalizes it. */
  finalizesAt: number | null;
  /** The coupons that the request redeems for it; otherwise it has its subscription's or its customer's discounts. */
  redemptions?: readonly Redemption[] | undefined;
  /** Fields that the request sets. */
  fields?: Partial<Stripe.Invoice>;
}

/** A new draft invoice. Source: https://docs.stripe.com/api/invoices/object. */
export function buildInvoice(
  ctx: Context,
  id: string,
  draft: InvoiceDraft,
  discounts: string[],
): Stripe.Invoice {
  const { currency, subscription, reason, period, finalizesAt, items = [] } = draft;
  const customer = ctx.store.customers.get(draft.customer)!;
  const lines = withDiscounts(ctx, [...items.map(lineFromItem), ...(draft.lines ?? [])], discounts, currency);
  return {
    id,
    object: 'invoice',
    ...UNUSED,
    ...totalsOf(lines),
    amount_paid: 0,
    attempt_count: 0,
    attempted: false,
    auto_advance: finalizesAt !== null || (subscription !== null && !subscription.pause_collection),
    automatically_finalizes_at: finalizesAt,
    billing_reason: reason,
    ...settingsOf(subscription, ctx.now(customer.id)),
    created: ctx.now(customer.id),
    currency,
    customer: customer.id,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_shipping: null,
    customer_tax_ids: taxIdsOf(ctx, customer.id),
    customer_tax_exempt: customer.tax_exempt ?? 'none',
    default_payment_method: null,
    discounts,
    effective_at: null,
    ending_balance: null,
    lines: {
      object: 'list',
      data: buildLines(id, lines),
      has_more: false,
      url: `/v1/invoices/${id}/lines`,
    },
    metadata: {},
    next_payment_attempt: subscription?.collection_method === 'send_invoice' ? null : finalizesAt,
    number: null,
    parent: subscription && {
      type: 'subscription_details',
      quote_details: null,
      subscription_details: { metadata: subscription.metadata, subscription: subscription.id },
    },
    payment_settings: {
      default_mandate: null,
      payment_method_options: null,
      payment_method_types: subscription?.payment_settings?.payment_method_types ?? null,
    },
    period_end: period.end,
    period_start: period.start,
    starting_balance: 0,
    status: 'draft',
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    test_clock: customer.test_clock ?? null,
    ...draft.fields,
  };
}

/** What an invoice takes over from its subscription. */
function settingsOf(
  subscription: Stripe.Subscription | null,
  now: number,
): Pick<
  Stripe.Invoice,
  'account_tax_ids' | 'collection_method' | 'custom_fields' | 'description' | 'due_date' | 'footer'
> {
  const { account_tax_ids, custom_fields, description, footer } =
    subscription?.invoice_settings ?? NO_SETTINGS;
  const days = subscription?.days_until_due ?? null;
  return {
    account_tax_ids,
    collection_method: subscription?.collection_method ?? 'charge_automatically',
    custom_fields,
    description,
    due_date: days === null ? null : now + days * DAY_SECONDS,
    footer,
  };
}

const NO_SETTINGS = { account_tax_ids: null, custom_fields: null, description: null, footer: null };

const buildLines = (invoice: string, lines: readonly LineDraft[]): Stripe.InvoiceLineItem[] =>
  lines.map((line) => ({ ...line, id: newId('invoiceLineItem'), invoice }));

/** Fields of Stripe's invoices that the sandbox does not use. */
const UNUSED = {
  account_country: 'US',
  account_name: 'Stripe sandbox',
  amount_overpaid: 0,
  amount_shipping: 0,
  application: null,
  automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
  customer_account: null,
  default_source: null,
  default_tax_rates: [],
  from_invoice: null,
  hosted_invoice_url: null,
  invoice_pdf: null,
  issuer: { type: 'self' },
  last_finalization_error: null,
  latest_revision: null,
  livemode: false,
  on_behalf_of: null,
  post_payment_credit_notes_amount: 0,
  pre_payment_credit_notes_amount: 0,
  receipt_number: null,
  rendering: { amount_tax_display: null, pdf: { page_size: 'auto' }, template: null, template_version: null },
  shipping_cost: null,
  shipping_details: null,
  statement_descriptor: null,
  total_taxes: [],
  webhooks_delivered_at: null,
} satisfies Partial<Stripe.Invoice>;
