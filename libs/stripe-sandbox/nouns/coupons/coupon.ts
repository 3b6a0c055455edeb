import { isDeepStrictEqual } from 'node:util';
import { DateTime } from 'luxon';
import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { schedule } from '../../due.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { newId } from '../../store/ids.js';
import type { createParams, updateParams } from './params.js';

type CreateParams = Params<typeof createParams>;

const MAX_YEARS_TO_REDEEM = 5;

/**
 * Source: https://docs.stripe.com/api/coupons/create.
 * @throws StripeFailure 400 for parameters that do not go together, a taken id or an unknown product
 */
export function createCoupon(ctx: Context, params: CreateParams): Stripe.Coupon {
  const { amount_off = null, percent_off = null, duration = 'once', redeem_by = null } = params;
  requireOneReduction(params);
  const duration_in_months = readMonths(params);
  if (redeem_by !== null) requireRedeemBy(ctx, redeem_by);
  const id = params.id ?? newId('coupon');
  if (ctx.store.coupons.get(id)) {
    throw failures.invalidRequest('Coupon already exists.', { code: 'resource_already_exists', param: 'id' });
  }
  const products = params.applies_to?.products?.map(
    (product, index) => fromParam(ctx.store.products, product, `applies_to[products][${index}]`).id,
  );
  if (ctx.store.tombstones.get(id)) ctx.store.tombstones.remove(id);
  const coupon = ctx.store.coupons.insert({
    id,
    object: 'coupon',
    amount_off,
    created: ctx.now(),
    currency: amount_off === null ? null : params.currency!,
    duration,
    duration_in_months,
    livemode: false,
    max_redemptions: params.max_redemptions ?? null,
    metadata: mergeMetadata({}, params.metadata),
    name: params.name ?? null,
    percent_off,
    redeem_by,
    times_redeemed: 0,
    valid: true,
  });
  if (ctx.store.couponProducts.get(id)) ctx.store.couponProducts.remove(id);
  if (products) ctx.store.couponProducts.insert({ id, products });
  schedule(ctx, 'coupons', id, { at: redeem_by });
  ctx.emit('coupon.created', coupon);
  return coupon;
}

/** Source: https://docs.stripe.com/api/coupons/update. */
export function updateCoupon(
  ctx: Context,
  before: Stripe.Coupon,
  { metadata, name }: Params<typeof updateParams>,
): Stripe.Coupon {
  const after = ctx.store.coupons.update(before.id, {
    metadata: mergeMetadata(before.metadata ?? {}, metadata),
    ...(name !== undefined && { name }),
  });
  if (!isDeepStrictEqual(after, before)) ctx.emit('coupon.updated', after, before);
  return after;
}

/** Deletes a coupon. Its discounts stay. Source: https://docs.stripe.com/api/coupons/delete. */
export function deleteCoupon(ctx: Context, coupon: Stripe.Coupon): Stripe.DeletedCoupon {
  invalidateCodes(ctx, coupon);
  ctx.store.coupons.remove(coupon.id);
  schedule(ctx, 'coupons', coupon.id, { at: null });
  ctx.emit('coupon.deleted', coupon);
  const tombstone = { id: coupon.id, object: 'coupon', deleted: true } as const;
  ctx.store.tombstones.insert(tombstone);
  return tombstone;
}

/** Counts a redemption. The last one makes the coupon invalid. */
export function countCouponRedemption(ctx: Context, { id, ...before }: Stripe.Coupon): void {
  const times_redeemed = before.times_redeemed + 1;
  const valid = before.valid && times_redeemed < (before.max_redemptions ?? Infinity);
  const after = ctx.store.coupons.update(id, { times_redeemed, valid });
  if (!valid) invalidateCodes(ctx, after);
}

/** Makes a coupon invalid at its `redeem_by`. */
export function expireCoupon(ctx: Context, id: string): void {
  if (!ctx.store.coupons.get(id)) return;
  invalidateCodes(ctx, ctx.store.coupons.update(id, { valid: false }));
}

/** A code is only active if its coupon is valid: https://docs.stripe.com/api/promotion_codes/object. */
function invalidateCodes(ctx: Context, { id: coupon }: Stripe.Coupon): void {
  const active = [...ctx.store.promotionCodes.newestFirst({ where: { coupon, active: true } })];
  for (const code of active) {
    ctx.emit('promotion_code.updated', ctx.store.promotionCodes.update(code.id, { active: false }), code);
  }
}

function requireOneReduction({ amount_off, percent_off, currency }: CreateParams): void {
  if (amount_off !== undefined && percent_off !== undefined) {
    throw failures.exclusive('amount_off', 'percent_off');
  }
  if (amount_off === undefined && percent_off === undefined) throw failures.missing('percent_off');
  if (amount_off !== undefined && currency === undefined) throw failures.missing('currency');
}

function readMonths({ duration, duration_in_months: months }: CreateParams): number | null {
  if (duration === 'repeating') {
    if (months === undefined) throw failures.missing('duration_in_months');
    return months;
  }
  if (months === undefined) return null;
  throw failures.invalidRequest('`duration_in_months` can only be set for a `repeating` coupon.', {
    param: 'duration_in_months',
  });
}

function requireRedeemBy(ctx: Context, redeem_by: number): void {
  const now = ctx.now();
  const latest = DateTime.fromSeconds(now, { zone: 'utc' }).plus({ years: MAX_YEARS_TO_REDEEM });
  if (redeem_by > now && redeem_by <= latest.toUnixInteger()) return;
  throw failures.invalidRequest(
    `\`redeem_by\` must be in the future, and at most ${MAX_YEARS_TO_REDEEM} years from now.`,
    { param: 'redeem_by' },
  );
}
