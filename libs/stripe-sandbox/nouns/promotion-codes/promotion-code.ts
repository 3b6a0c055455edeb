import { isDeepStrictEqual } from 'node:util';
import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { schedule } from '../../due.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { newId, randomText } from '../../store/ids.js';
import type { createParams, updateParams } from './params.js';

type CreateParams = Params<typeof createParams>;

/**
 * Source: https://docs.stripe.com/api/promotion_codes/create.
 * @throws StripeFailure 400 for an unknown reference, a code that is taken, or limits beyond the coupon's
 */
export function createPromotionCode(ctx: Context, params: CreateParams): Stripe.PromotionCode {
  const { active = true, expires_at = null, max_redemptions = null, customer = null } = params;
  const coupon = readCoupon(ctx, params);
  if (customer !== null) fromParam(ctx.store.customers, customer, 'customer');
  requireWithinCoupon(ctx, coupon, { expires_at, max_redemptions });
  const code = readCode(ctx, params.code, customer);
  const id = newId('promotionCode');
  const promotionCode = ctx.store.promotionCodes.insert({
    id,
    object: 'promotion_code',
    active: active && coupon.valid,
    code,
    created: ctx.now(),
    customer,
    customer_account: null,
    expires_at,
    livemode: false,
    max_redemptions,
    metadata: mergeMetadata({}, params.metadata),
    promotion: { coupon: coupon.id, type: 'coupon' },
    restrictions: restrictionsFrom(params.restrictions),
    times_redeemed: 0,
  });
  schedule(ctx, 'promotionCodes', id, { at: expires_at });
  ctx.emit('promotion_code.created', promotionCode);
  return promotionCode;
}

/**
 * Source: https://docs.stripe.com/api/promotion_codes/update.
 * @throws StripeFailure 400 for activating a code that can't be redeemed
 */
export function updatePromotionCode(
  ctx: Context,
  before: Stripe.PromotionCode,
  { active = before.active, metadata }: Params<typeof updateParams>,
): Stripe.PromotionCode {
  if (active && !before.active && !isRedeemable(ctx, before)) {
    throw failures.invalidRequest(
      'This promotion code cannot be activated, because it is no longer redeemable.',
      {
        param: 'active',
      },
    );
  }
  const after = ctx.store.promotionCodes.update(before.id, {
    active,
    metadata: mergeMetadata(before.metadata ?? {}, metadata),
  });
  if (!isDeepStrictEqual(after, before)) ctx.emit('promotion_code.updated', after, before);
  return after;
}

/** Counts a redemption. The last one makes the code inactive. */
export function countCodeRedemption(ctx: Context, before: Stripe.PromotionCode): void {
  const times_redeemed = before.times_redeemed + 1;
  const active = before.active && times_redeemed < (before.max_redemptions ?? Infinity);
  const after = ctx.store.promotionCodes.update(before.id, { active, times_redeemed });
  ctx.emit('promotion_code.updated', after, before);
}

/** Makes a code inactive at its `expires_at`. */
export function expirePromotionCode(ctx: Context, id: string): void {
  const before = ctx.store.promotionCodes.get(id);
  if (!before?.active) return;
  ctx.emit('promotion_code.updated', ctx.store.promotionCodes.update(id, { active: false }), before);
}

/** The active code of this text that a customer can use; undefined if there is none. */
export function findActiveCode(
  { store }: Context,
  code: string,
  customer: string | null,
): Stripe.PromotionCode | undefined {
  const active = [...store.promotionCodes.newestFirst({ where: { text: code.toLowerCase(), active: true } })];
  return active.find((each) => each.customer === null || each.customer === customer);
}

/** The coupon of a promotion code; undefined if it was deleted. */
export const couponOf = (
  { store }: Context,
  { promotion }: Stripe.PromotionCode,
): Stripe.Coupon | undefined => store.coupons.get((promotion.coupon as string | null) ?? '');

function isRedeemable(ctx: Context, code: Stripe.PromotionCode): boolean {
  return (
    couponOf(ctx, code)?.valid === true &&
    code.times_redeemed < (code.max_redemptions ?? Infinity) &&
    ctx.now() < (code.expires_at ?? Infinity)
  );
}

function readCoupon(ctx: Context, { coupon, promotion }: CreateParams): Stripe.Coupon {
  if (!promotion && coupon === undefined) throw failures.missing('promotion');
  if (promotion && promotion.coupon === undefined) throw failures.missing('promotion[coupon]');
  const param = promotion ? 'promotion[coupon]' : 'coupon';
  return fromParam(ctx.store.coupons, (promotion?.coupon ?? coupon)!, param);
}

/** Source: https://docs.stripe.com/api/promotion_codes/create, `expires_at` and `max_redemptions`. */
function requireWithinCoupon(
  ctx: Context,
  coupon: Stripe.Coupon,
  { expires_at, max_redemptions }: { expires_at: number | null; max_redemptions: number | null },
): void {
  if (expires_at !== null && (expires_at <= ctx.now() || expires_at > (coupon.redeem_by ?? Infinity))) {
    throw failures.invalidRequest(
      "`expires_at` must be in the future, and not after the coupon's `redeem_by`.",
      {
        param: 'expires_at',
      },
    );
  }
  if ((max_redemptions ?? 0) > (coupon.max_redemptions ?? Infinity)) {
    throw failures.invalidRequest(
      "`max_redemptions` cannot be greater than the coupon's `max_redemptions`.",
      {
        param: 'max_redemptions',
      },
    );
  }
}

/** Regardless of case, a code is unique among the active ones that a customer can use. */
function readCode({ store }: Context, given: string | undefined, customer: string | null): string {
  const code = given ?? randomText(8).toUpperCase();
  if (!/^[a-zA-Z0-9-]+$/.test(code)) {
    throw failures.invalidRequest('A promotion code can only have letters, digits and dashes.', {
      param: 'code',
    });
  }
  const active = [...store.promotionCodes.newestFirst({ where: { text: code.toLowerCase(), active: true } })];
  const isTaken = active.some((each) => each.customer === customer);
  if (!isTaken) return code;
  throw failures.invalidRequest(`An active promotion code with \`code: ${code}\` already exists.`, {
    param: 'code',
  });
}

function restrictionsFrom(given: CreateParams['restrictions']): Stripe.PromotionCode.Restrictions {
  const { first_time_transaction = false, minimum_amount, minimum_amount_currency } = given ?? {};
  if (minimum_amount !== undefined && minimum_amount_currency === undefined) {
    throw failures.missing('restrictions[minimum_amount_currency]');
  }
  return {
    first_time_transaction,
    minimum_amount: minimum_amount ?? null,
    minimum_amount_currency: minimum_amount === undefined ? null : minimum_amount_currency!,
  };
}
