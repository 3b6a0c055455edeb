import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import type { RequestContext } from '#core/request-context.js';
import { hasCode } from '#stripe/stripe-errors.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import type { OwnedSubscription } from '../customers/owner-subscriptions.js';
import type { ItemChange } from './item-changes.js';
import type { ChangePreview, ChangeTime, Proration } from './subscription-change.js';
import type { InvoicePreview, PreviewLine } from './user-subscription.js';

type Details = Stripe.InvoiceCreatePreviewParams.SubscriptionDetails;

/** A change of a subscription's items, now or at the end of the period. */
export interface ItemsChange {
  subscription: OwnedSubscription;
  items: ItemChange[];
  proration: Proration;
  at: ChangeTime;
  /** In Unix seconds. */
  prorationDate: number;
}

/** https://docs.stripe.com/billing/subscriptions/prorations */
export const PRORATION_BEHAVIORS = {
  none: 'none',
  next: 'create_prorations',
  now: 'always_invoice',
} as const satisfies Record<Proration, Stripe.SubscriptionUpdateParams.ProrationBehavior>;

/** Previews of invoices, which change nothing: https://docs.stripe.com/api/invoices/create_preview */
@Injectable()
export class InvoicePreviewsStripe {
  constructor(private readonly stripe: StripeProvider) {}

  /** The invoice of the next renewal; undefined if there is none, or it will not be collected. */
  async renewal(
    context: RequestContext,
    { id, periodEnd, isFree }: OwnedSubscription,
  ): Promise<(InvoicePreview & { at: Date }) | undefined> {
    if (isFree) return undefined;
    const invoice = await this.preview(context, id);
    return invoice && { ...toPreview(invoice), at: instantOf(periodEnd) };
  }

  /** What a change costs at once, and at the renewal after it: nothing in a pause, in which invoices are void. */
  async change(context: RequestContext, change: ItemsChange): Promise<Omit<ChangePreview, 'prorationDate'>> {
    const { subscription, items, proration, at, prorationDate } = change;
    const prorated =
      proration === 'none' || at === 'endOfPeriod'
        ? undefined
        : await this.preview(context, subscription.id, {
            items,
            proration_behavior: PRORATION_BEHAVIORS[proration],
            proration_date: prorationDate,
          });
    const unprorated = await this.preview(context, subscription.id, { items, proration_behavior: 'none' });
    const made = prorated ?? unprorated;
    const atOnce = made && at === 'now' && isMadeBy(made, change) ? made : undefined;
    const renewal = proration === 'next' && !atOnce ? made : unprorated;
    const currency = made?.currency ?? subscription.items[0]?.currency ?? '';
    const nothing = { amountDueMinor: 0, currency, lines: [] };
    const next = renewal ? nextOf(renewal, atOnce, change) : null;
    if (subscription.isFree) return { ...nothing, next: next && { ...next, amountDueMinor: 0 } };
    return { ...(atOnce ? toPreview(atOnce) : nothing), next };
  }

  /** Undefined if there is no invoice to come: https://docs.stripe.com/error-codes#invoice-upcoming-none */
  private async preview(
    context: RequestContext,
    subscription: string,
    details?: Details,
  ): Promise<Stripe.Invoice | undefined> {
    try {
      return await this.stripe.read(context, (stripe) =>
        stripe.invoices.createPreview({ subscription, ...(details && { subscription_details: details }) }),
      );
    } catch (error) {
      if (hasCode(error, 'invoice_upcoming_none')) return undefined;
      throw error;
    }
  }
}

/**
 * Whether an invoice is made by a change. Otherwise it is that of the next renewal, which may have the prorations. A change
 * of the billing period begins a new one, which is invoiced at once.
 */
function isMadeBy({ lines }: Stripe.Invoice, { proration, subscription }: ItemsChange): boolean {
  return lines.data.some((line) =>
    isProration(line) ? proration === 'now' : beginsBeforeRenewal(line, subscription),
  );
}

/** The lines of a renewal begin when the current period ends. */
function beginsBeforeRenewal({ period }: Stripe.InvoiceLineItem, { periodEnd }: OwnedSubscription): boolean {
  return period.start < periodEnd;
}

/**
 * The renewal after a change. If the change begins a new period, its invoice is that of the new period, and the renewal
 * comes after it. What the change credits to the customer is taken off.
 */
function nextOf(
  renewal: Stripe.Invoice,
  atOnce: Stripe.Invoice | undefined,
  { subscription, at }: ItemsChange,
): ChangePreview['next'] {
  const lines = renewal.lines.data.filter((line) => !isProration(line));
  const startsNow = lines.some((line) => beginsBeforeRenewal(line, subscription));
  const renewsAt =
    startsNow && at === 'now' ? Math.max(...lines.map(({ period }) => period.end)) : subscription.periodEnd;
  const total = startsNow ? lines.reduce((sum, { amount }) => sum + amount, 0) : renewal.total;
  const balance = atOnce ? atOnce.total + atOnce.starting_balance : renewal.starting_balance;
  return { amountDueMinor: Math.max(0, total + Math.min(0, balance)), at: instantOf(renewsAt) };
}

function toPreview({ amount_due: amountDueMinor, currency, lines }: Stripe.Invoice): InvoicePreview {
  return { amountDueMinor, currency, lines: lines.data.map(toLine) };
}

function toLine(line: Stripe.InvoiceLineItem): PreviewLine {
  return {
    description: line.description,
    amountMinor: line.amount,
    isProration: isProration(line),
    periodStart: instantOf(line.period.start),
    periodEnd: instantOf(line.period.end),
  };
}

function isProration({ parent }: Stripe.InvoiceLineItem): boolean {
  const details = parent?.subscription_item_details ?? parent?.invoice_item_details;
  return details?.proration === true;
}

function instantOf(seconds: number): Date {
  return new Date(seconds * 1000);
}
