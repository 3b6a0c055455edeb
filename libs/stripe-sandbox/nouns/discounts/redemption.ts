import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import type { Params } from '../../http/params.js';
import { formatAmount } from '../../money/currencies.js';
import type { DiscountTerms } from '../../store/records.js';
import { couponOf } from '../promotion-codes/promotion-code.js';
import type { discountsParam, olderDiscountParams } from './params.js';

/** A coupon that is about to become a discount. */
export interface NewRedemption {
  terms: Omit<DiscountTerms, 'id'>;
  coupon: string;
  promotionCode: string | null;
}

/** A coupon that is about to become a discount, or a discount that is there already. */
export type Redemption = NewRedemption | { existing: string };

/** Who redeems a coupon, and for what. */
export interface Redeemer {
  customer: string | null;
  currency: string | null;
  /** What the reductions are taken from, in minor units; unknown for a customer's discount. */
  amountMinor?: number;
  /** The discounts that can be kept. */
  existing?: readonly string[];
}

type DiscountParams = Params<{ discounts: typeof discountsParam }>['discounts'];

const MAX_DISCOUNTS = 20;

/**
 * The redemptions that the parameters ask for; undefined if they do not name discounts.
 * @throws StripeFailure 400 for what can't be redeemed
 */
export function readRedemptions(
  ctx: Context,
  given: DiscountParams,
  redeemer: Redeemer,
  param = 'discounts',
): Redemption[] | undefined {
  if (given === undefined) return undefined;
  const all = given ?? [];
  if (all.length > MAX_DISCOUNTS) {
    throw failures.invalidRequest(`You can pass at most ${MAX_DISCOUNTS} discounts.`, { param });
  }
  return all.map((each, index) => readRedemption(ctx, each, redeemer, `${param}[${index}]`));
}

/** As `readRedemptions`, for the parameters of older versions. */
export function readOlderRedemptions(
  ctx: Context,
  { coupon, promotion_code }: Params<typeof olderDiscountParams>,
  redeemer: Redeemer,
): NewRedemption[] | undefined {
  if (coupon === undefined && promotion_code === undefined) return undefined;
  if (coupon && promotion_code) throw failures.exclusive('coupon', 'promotion_code');
  if (coupon) return [redeemCoupon(fromParam(ctx.store.coupons, coupon, 'coupon'), ctx, redeemer, 'coupon')];
  if (!promotion_code) return [];
  const code = fromParam(ctx.store.promotionCodes, promotion_code, 'promotion_code');
  return [redeemCode(ctx, code, redeemer, 'promotion_code')];
}

function readRedemption(
  ctx: Context,
  { coupon, discount, promotion_code }: NonNullable<DiscountParams>[number],
  redeemer: Redeemer,
  param: string,
): Redemption {
  const given = Object.entries({ coupon, discount, promotion_code }).filter(([, id]) => id !== undefined);
  const [first, second] = given.map(([name]) => `${param}[${name}]`);
  if (first === undefined) throw failures.missing(`${param}[coupon]`);
  if (second !== undefined) throw failures.exclusive(first, second);
  if (discount !== undefined) {
    if (redeemer.existing?.includes(discount)) return { existing: discount };
    throw failures.noSuch('discount', discount, first, 400);
  }
  if (coupon !== undefined)
    return redeemCoupon(fromParam(ctx.store.coupons, coupon, first), ctx, redeemer, first);
  return redeemCode(ctx, fromParam(ctx.store.promotionCodes, promotion_code!, first), redeemer, first);
}

/** @throws StripeFailure 400 for a coupon that is invalid or in another currency */
export function redeemCoupon(
  coupon: Stripe.Coupon,
  { store }: Context,
  { currency }: Redeemer,
  param: string,
): NewRedemption {
  if (!coupon.valid) {
    throw failures.invalidRequest(`Coupon expired: ${coupon.id}`, { code: 'coupon_expired', param });
  }
  if (coupon.currency !== null && currency !== null && coupon.currency !== currency) {
    throw failures.invalidRequest(
      `The coupon specified only supports \`${coupon.currency}\`. This doesn't match the expected currency: \`${currency}\`.`,
      { param },
    );
  }
  const { amount_off, percent_off, duration } = coupon;
  const products = store.couponProducts.get(coupon.id)?.products ?? null;
  const terms = { amount_off, percent_off, currency: coupon.currency, duration, products };
  return { terms, coupon: coupon.id, promotionCode: null };
}

/** @throws StripeFailure 400 for a promotion code that is inactive, or whose restrictions are not met */
export function redeemCode(
  ctx: Context,
  code: Stripe.PromotionCode,
  redeemer: Redeemer,
  param: string,
): NewRedemption {
  const coupon = couponOf(ctx, code);
  if (!code.active || !coupon) {
    throw failures.invalidRequest('This promotion code is no longer active.', {
      code: 'coupon_expired',
      param,
    });
  }
  const refusal = refusalOf(ctx, code, redeemer);
  if (refusal !== undefined) throw failures.invalidRequest(refusal, { param });
  return { ...redeemCoupon(coupon, ctx, redeemer, param), promotionCode: code.id };
}

function refusalOf(
  ctx: Context,
  { customer, restrictions }: Stripe.PromotionCode,
  redeemer: Redeemer,
): string | undefined {
  const { first_time_transaction, minimum_amount, minimum_amount_currency: currency } = restrictions;
  if (customer !== null && customer !== redeemer.customer) {
    return 'This promotion code cannot be redeemed by this customer.';
  }
  if (first_time_transaction && hasPaid(ctx, redeemer.customer)) {
    return 'This promotion code cannot be redeemed because the associated customer has prior transactions.';
  }
  if (minimum_amount === null || redeemer.amountMinor === undefined) return undefined;
  if (currency === redeemer.currency && redeemer.amountMinor >= minimum_amount) return undefined;
  return `This promotion code can only be redeemed for at least ${formatAmount(minimum_amount, currency!)}.`;
}

function hasPaid({ store }: Context, customer: string | null): boolean {
  if (customer === null) return false;
  const invoices = [...store.invoices.newestFirst({ where: { customer, status: 'paid' } })];
  const charges = [...store.charges.newestFirst({ where: { customer } })];
  return invoices.length > 0 || charges.some(({ status }) => status === 'succeeded');
}
