import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import type { Params } from '../../http/params.js';
import { omit } from '../../omit.js';
import type { CheckoutFacts, DiscountTerms } from '../../store/records.js';
import { countRedemption, insertDiscount } from '../discounts/discount.js';
import { readRedemptions, redeemCode, type Redemption } from '../discounts/redemption.js';
import { reduceLines } from '../discounts/reduce.js';
import { cancelPaymentIntent } from '../payment-intents/payment-intent.js';
import { amountOf, type PriceDraft } from '../prices/price.js';
import { findActiveCode } from '../promotion-codes/promotion-code.js';
import { endSubscription } from '../subscriptions/lifecycle.js';
import { lineItemsOf, requireMinimumTotal } from './line-items.js';
import type { createParams } from './params.js';

/** What is sold: a line of a session, or one that is not stored yet. */
interface SoldLine {
  price: Stripe.Price | PriceDraft | null;
  quantity: number | null;
}

type Amounts = Pick<Stripe.Checkout.Session, 'amount_subtotal' | 'amount_total' | 'total_details'>;

/** A coupon or code that becomes a new discount. */
type NewRedemption = Exclude<Redemption, { existing: string }>;

/**
 * The discount that a new session begins with.
 * @throws StripeFailure 400 for several discounts, for promotion codes too, or for what can't be redeemed
 */
export function readSessionDiscount(
  ctx: Context,
  { allow_promotion_codes, customer, discounts }: Params<typeof createParams>,
  { currency, amountMinor }: { currency: string; amountMinor: number },
): NewRedemption | undefined {
  if (discounts === undefined) return undefined;
  if (allow_promotion_codes !== undefined) {
    throw failures.invalidRequest(
      'You may only specify one of these parameters: allow_promotion_codes, discounts.',
      { param: 'discounts' },
    );
  }
  if (discounts.length > 1) {
    throw failures.invalidRequest('You can pass at most one discount.', { param: 'discounts' });
  }
  const redeemer = { customer: customer ?? null, currency, amountMinor };
  return readRedemptions(ctx, discounts, redeemer)?.[0] as NewRedemption | undefined;
}

/**
 * What a session costs today, with its discount. Recurring prices cost nothing until a trial ends.
 * @throws StripeFailure 400 for a total that is less than the minimum charge
 */
export function sessionAmounts(
  lines: readonly SoldLine[],
  terms: Omit<DiscountTerms, 'id'> | undefined,
  { currency, isTrial }: { currency: string; isTrial: boolean },
): { amounts: Amounts; lineDiscounts: number[] } {
  const lineDiscounts = reductionsOf(lines, terms, currency);
  let subtotal = 0;
  let amount_discount = 0;
  lines.forEach(({ price, quantity }, index) => {
    if (isTrial && price!.recurring) return;
    subtotal += amountOf(price!, quantity ?? 1);
    amount_discount += lineDiscounts[index]!;
  });
  requireMinimumTotal(subtotal - amount_discount, currency);
  return {
    amounts: {
      amount_subtotal: subtotal,
      amount_total: subtotal - amount_discount,
      total_details: { amount_discount, amount_shipping: 0, amount_tax: 0 },
    },
    lineDiscounts,
  };
}

/** Stores a session's discount, which is redeemed when the session completes. @returns its id */
export function insertSessionDiscount(
  ctx: Context,
  session: Stripe.Checkout.Session,
  redemption: NewRedemption,
): string {
  const target = { customer: session.customer as string | null, checkout_session: session.id };
  return insertDiscount(ctx, redemption, target).id;
}

/** How a session shows its discount: the promotion code, or else the coupon. */
export const shownDiscounts = (redemption: NewRedemption | undefined): Stripe.Checkout.Session.Discount[] =>
  redemption
    ? [
        {
          coupon: redemption.promotionCode === null ? redemption.coupon : null,
          promotion_code: redemption.promotionCode,
        },
      ]
    : [];

/**
 * Applies the promotion code that was entered on a session's page, in place of an earlier one. What earlier attempts
 * created is canceled. Source: https://docs.stripe.com/payments/checkout/discounts.
 * @throws StripeFailure 400 for a code that can't be redeemed, or a session that takes none
 */
export function applyPromotionCode(ctx: Context, session: Stripe.Checkout.Session, entered: string): void {
  const facts = ctx.store.checkoutFacts.get(session.id)!;
  const found = findActiveCode(ctx, entered, facts.customer);
  if (!session.allow_promotion_codes || session.status !== 'open' || !found) {
    throw failures.invalidRequest('This code is invalid.', { param: 'promotion_code' });
  }
  const currency = session.currency!;
  const redeemer = { customer: facts.customer, currency, amountMinor: session.amount_subtotal! };
  const redemption = redeemCode(ctx, found, redeemer, 'promotion_code');
  const isTrial = isTrialOf(facts.subscription_data);
  const lines = lineItemsOf(ctx, session.id);
  const { amounts, lineDiscounts } = sessionAmounts(lines, redemption.terms, { currency, isTrial });
  cancelAttempts(ctx, facts);
  lines.forEach((item, index) => {
    const amount_discount = lineDiscounts[index]!;
    const amount_total = item.amount_subtotal - amount_discount;
    ctx.store.lineItems.update(item.id, { item: { ...item, amount_discount, amount_total } });
  });
  const discount = insertSessionDiscount(ctx, session, redemption);
  ctx.store.checkoutFacts.update(session.id, { discount, payment_intent: null, subscription: null });
  ctx.store.checkoutSessions.update(session.id, { ...amounts, discounts: shownDiscounts(redemption) });
}

/** Counts the redemption of a single payment's discount. A subscription gets a discount of its own. */
export function redeemSessionDiscount(
  ctx: Context,
  { mode }: Stripe.Checkout.Session,
  { customer, discount: id }: CheckoutFacts,
): void {
  if (!id || mode !== 'payment') return;
  countRedemption(ctx, ctx.store.discounts.update(id, { customer }));
}

/** The redemption by which a session's subscription gets the session's discount. */
export function sessionRedemptions({ store }: Context, { discount: id }: CheckoutFacts): Redemption[] {
  const discount = store.discounts.get(id ?? '');
  if (!discount) return [];
  return [
    {
      terms: omit(store.discountTerms.get(discount.id)!, 'id'),
      coupon: discount.source.coupon as string,
      promotionCode: discount.promotion_code as string | null,
    },
  ];
}

/** Whether a session's subscription begins with a trial. */
export const isTrialOf = (data: { trial_end?: number; trial_period_days?: number } | undefined): boolean =>
  data?.trial_end !== undefined || !!data?.trial_period_days;

function cancelAttempts(ctx: Context, { payment_intent, subscription }: CheckoutFacts): void {
  const intent = ctx.store.paymentIntents.get(payment_intent ?? '');
  if (intent) cancelPaymentIntent(ctx, intent, 'automatic');
  const attempted = ctx.store.subscriptions.get(subscription ?? '');
  if (attempted) endSubscription(ctx, attempted, {});
}

function reductionsOf(
  lines: readonly SoldLine[],
  terms: Omit<DiscountTerms, 'id'> | undefined,
  currency: string,
): number[] {
  if (!terms) return lines.map(() => 0);
  const reductions = reduceLines(
    lines.map(({ price, quantity }) => ({
      amount: amountOf(price!, quantity ?? 1),
      discountable: true,
      product: typeof price!.product === 'string' ? price!.product : undefined,
      discounts: [],
    })),
    [{ id: '', ...terms }],
    currency,
  );
  return reductions.map(([reduction]) => reduction?.amount ?? 0);
}
