import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import type { RequestContext } from '#core/request-context.js';
import { hasCode } from '#stripe/stripe-errors.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import type { OwnedSubscription } from '../customers/owner-subscriptions.js';
import type { InvoicePreview, PreviewLine, UpgradePreview } from './user-subscription.js';

type Details = Stripe.InvoiceCreatePreviewParams.SubscriptionDetails;

/** A subscription, and the item and the Price that it is to be changed to. */
export interface PriceChange {
  subscription: OwnedSubscription;
  itemId: string;
  priceId: string;
  /** That of the Price. */
  productId: string;
  /** In Unix seconds. */
  prorationDate: number;
}

/** Previews of invoices, which change nothing: https://docs.stripe.com/api/invoices/create_preview */
@Injectable()
export class InvoicePreviewsStripe {
  constructor(private readonly stripe: StripeProvider) {}

  /** The invoice of the next renewal; undefined if there is none. */
  async renewal(
    context: RequestContext,
    { id, periodEnd }: OwnedSubscription,
  ): Promise<(InvoicePreview & { at: Date }) | undefined> {
    const invoice = await this.preview(context, id);
    return invoice && { ...toPreview(invoice), at: instantOf(periodEnd) };
  }

  /** What a change of the Price costs at once, and at the renewal after it. */
  async change(context: RequestContext, change: PriceChange): Promise<Omit<UpgradePreview, 'prorationDate'>> {
    const { subscription, itemId, priceId, prorationDate } = change;
    const items = [{ id: itemId, price: priceId }];
    const prorated = await this.preview(context, subscription.id, {
      items,
      proration_behavior: 'always_invoice',
      proration_date: prorationDate,
    });
    const unprorated = await this.preview(context, subscription.id, { items, proration_behavior: 'none' });
    const atOnce = prorated && isMadeBy(prorated, prorationDate) ? prorated : undefined;
    const currency = (prorated ?? unprorated)?.currency ?? subscription.items[0]?.currency ?? '';
    return {
      ...(atOnce ? toPreview(atOnce) : { amountDueMinor: 0, currency, lines: [] }),
      next: unprorated ? nextOf(unprorated, atOnce, change) : null,
    };
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

/** Whether an invoice is made by a change at an instant. Otherwise it is that of the next renewal. */
function isMadeBy({ lines }: Stripe.Invoice, at: number): boolean {
  return lines.data.some((line) => isProration(line) || line.period.start <= at);
}

/**
 * The renewal after a change. If the change begins a new period, its invoice is that of the new period, and the renewal
 * comes after it. What the change credits to the customer is taken off.
 */
function nextOf(
  unprorated: Stripe.Invoice,
  atOnce: Stripe.Invoice | undefined,
  { subscription, prorationDate }: PriceChange,
): UpgradePreview['next'] {
  const lines = unprorated.lines.data.filter((line) => !isProration(line));
  const startsNow = lines.some(({ period }) => period.start <= prorationDate);
  const at = startsNow ? Math.max(...lines.map(({ period }) => period.end)) : subscription.periodEnd;
  const total = startsNow ? lines.reduce((sum, { amount }) => sum + amount, 0) : unprorated.total;
  const balance = atOnce ? atOnce.total + atOnce.starting_balance : unprorated.starting_balance;
  return { amountDueMinor: Math.max(0, total + Math.min(0, balance)), at: instantOf(at) };
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
