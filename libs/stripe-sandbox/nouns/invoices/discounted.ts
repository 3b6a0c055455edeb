import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { endDiscount } from '../discounts/discount.js';
import { reduceLines } from '../discounts/reduce.js';
import type { LineDraft } from './lines.js';

/**
 * The discounts that an invoice has unless its parameters say otherwise: those of its subscription, else its
 * customer's. Source: https://docs.stripe.com/api/invoices/create#create_invoice-discounts.
 */
export function inheritedDiscounts(
  ctx: Context,
  customer: Stripe.Customer,
  subscription: Stripe.Subscription | null,
): string[] {
  // The caller's subscription may be older than its discounts.
  const current = subscription && (ctx.store.subscriptions.get(subscription.id) ?? subscription);
  const own = (current?.discounts ?? []) as string[];
  if (own.length > 0) return own.filter((id) => isRunning(ctx, id, customer.id));
  const id = customer.discount?.id;
  return id !== undefined && isRunning(ctx, id, customer.id) ? [id] : [];
}

/** Lines with what their own discounts and those of their invoice take off. */
export function withDiscounts<T extends LineDraft>(
  ctx: Context,
  lines: readonly T[],
  discounts: readonly string[],
  currency: string,
): T[] {
  const termsOf = (id: string | Stripe.Discount) => ctx.store.discountTerms.get(id as string)!;
  const reductions = reduceLines(
    lines.map((line) => ({
      ...line,
      product: line.pricing?.price_details?.product,
      discounts: line.discounts.map(termsOf),
    })),
    discounts.map(termsOf),
    currency,
  );
  return lines.map((line, index) => ({
    ...line,
    discount_amounts: reductions[index]!,
    pretax_credit_amounts: reductions[index]!.map(asPretaxCredit),
  }));
}

/** How an invoice and its lines also show what a discount takes off. */
export const asPretaxCredit = ({
  amount,
  discount,
}: Stripe.Invoice.TotalDiscountAmount): Stripe.Invoice.TotalPretaxCreditAmount => ({
  amount,
  discount,
  type: 'discount',
});

/** What the discounts of lines take off altogether, by discount. */
export function totalDiscounts(
  lines: readonly Pick<LineDraft, 'discount_amounts'>[],
): Stripe.Invoice.TotalDiscountAmount[] {
  const totals = new Map<string, number>();
  for (const { amount, discount } of lines.flatMap(({ discount_amounts: amounts }) => amounts ?? [])) {
    totals.set(discount as string, (totals.get(discount as string) ?? 0) + amount);
  }
  return [...totals].map(([discount, amount]) => ({ amount, discount }));
}

/** What remains of a line after its discounts, in minor units. */
export const netOf = ({ amount, discount_amounts }: Stripe.InvoiceLineItem): number =>
  (discount_amounts ?? []).reduce((left, reduction) => left - reduction.amount, amount);

/** Ends the discounts that apply once, and have now reduced an invoice. */
export function endUsedDiscounts(ctx: Context, { total_discount_amounts }: Stripe.Invoice): void {
  for (const { amount, discount } of total_discount_amounts ?? []) {
    const isOnce = ctx.store.discountTerms.get(discount as string)!.duration === 'once';
    const { invoice, invoice_item } = ctx.store.discounts.get(discount as string)!;
    if (isOnce && amount > 0 && invoice === null && invoice_item === null)
      endDiscount(ctx, discount as string);
  }
}

const isRunning = (ctx: Context, id: string, customer: string): boolean =>
  (ctx.store.discounts.get(id)?.end ?? Infinity) > ctx.now(customer);
