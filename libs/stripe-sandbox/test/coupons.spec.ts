import type { Stripe } from 'stripe';
import { expect } from 'vitest';
import { at } from './club.js';
import { failureOf, request, test } from './support.js';

// https://docs.stripe.com/api/coupons/object, and stripe-node's types
test('a coupon takes a percentage or an amount off', async ({ stripe }) => {
  const percent = await stripe.coupons.create({ percent_off: 25.5 });
  expect(percent).toMatchObject({
    id: expect.stringMatching(/^[A-Za-z0-9]{8}$/),
    object: 'coupon',
    amount_off: null,
    created: at('2026-11-01'),
    currency: null,
    duration: 'once',
    duration_in_months: null,
    livemode: false,
    max_redemptions: null,
    metadata: {},
    name: null,
    percent_off: 25.5,
    redeem_by: null,
    times_redeemed: 0,
    valid: true,
  });
  const amount = { amount_off: 500, currency: 'usd', duration: 'repeating' as const, duration_in_months: 3 };
  const chosen = { id: 'SPRING', name: 'Spring', max_redemptions: 10, redeem_by: at('2026-12-24') };
  expect(await stripe.coupons.create({ ...amount, ...chosen })).toMatchObject({ ...amount, ...chosen });
  expect((await stripe.coupons.list()).data.map(({ id }) => id)).toEqual(['SPRING', percent.id]);
});

test('its metadata and name can be changed, and it can be deleted', async ({ stripe }) => {
  const { id } = await stripe.coupons.create({ percent_off: 10 });
  const change = { metadata: { a: '1' }, name: 'Ten' };
  expect(await stripe.coupons.update(id, change)).toMatchObject(change);
  expect(await stripe.coupons.del(id)).toMatchObject({ id, object: 'coupon', deleted: true });
  const missing = await failureOf(stripe.coupons.retrieve(id));
  expect(missing).toMatchObject({ statusCode: 404, code: 'resource_missing', param: 'coupon' });
  const { data } = await stripe.events.list();
  expect(data.map(({ type }) => type)).toEqual(['coupon.deleted', 'coupon.updated', 'coupon.created']);
});

// https://docs.stripe.com/api/coupons/object#coupon_object-applies_to
test('the products that it applies to are shown on expansion', async ({ stripe }) => {
  const { id: product } = await stripe.products.create({ name: 'Paint' });
  const applies_to = { products: [product] };
  const coupon = await stripe.coupons.create({ percent_off: 10, applies_to });
  expect(coupon).not.toHaveProperty('applies_to');
  expect(await stripe.coupons.retrieve(coupon.id, { expand: ['applies_to'] })).toMatchObject({ applies_to });
});

test('it is no longer valid after its redeem_by', async ({ stripe, clock }) => {
  const { id } = await stripe.coupons.create({ percent_off: 10, redeem_by: at('2026-11-02') });
  const { id: code } = await stripe.promotionCodes.create({ promotion: { coupon: id, type: 'coupon' } });
  clock.advanceMs(24 * 3_600_000);
  expect((await stripe.coupons.retrieve(id)).valid).toBe(false);
  expect((await stripe.promotionCodes.retrieve(code)).active).toBe(false);
  const failure = await failureOf(stripe.promotionCodes.update(code, { active: true }));
  expect(failure).toMatchObject({ statusCode: 400, param: 'active' });
});

test('refuses parameters that do not go together', async ({ stripe }) => {
  await stripe.coupons.create({ id: 'TAKEN', percent_off: 10 });
  const refused = async (params: Stripe.CouponCreateParams) =>
    (await failureOf(stripe.coupons.create(params))).param;
  expect(await refused({})).toBe('percent_off');
  expect(await refused({ percent_off: 10, amount_off: 100 })).toBe('amount_off');
  expect(await refused({ amount_off: 100 })).toBe('currency');
  expect(await refused({ percent_off: 0 })).toBe('percent_off');
  expect(await refused({ percent_off: 101 })).toBe('percent_off');
  expect(await refused({ percent_off: 10, duration: 'repeating' })).toBe('duration_in_months');
  expect(await refused({ percent_off: 10, duration_in_months: 3 })).toBe('duration_in_months');
  expect(await refused({ percent_off: 10, redeem_by: at('2032-01-01') })).toBe('redeem_by');
  expect(await refused({ percent_off: 10, id: 'TAKEN' })).toBe('id');
  const products = ['prod_none'];
  expect(await refused({ percent_off: 10, applies_to: { products } })).toBe('applies_to[products][0]');
});

// https://docs.stripe.com/api/promotion_codes/object, and stripe-node's types
test('a promotion code stands for a coupon', async ({ stripe }) => {
  const { id: coupon } = await stripe.coupons.create({ percent_off: 10, max_redemptions: 5 });
  const promotion = { coupon, type: 'coupon' as const };
  const code = await stripe.promotionCodes.create({ promotion });
  expect(code).toMatchObject({
    id: expect.stringMatching(/^promo_1/),
    object: 'promotion_code',
    active: true,
    code: expect.stringMatching(/^[A-Z0-9]{8}$/),
    customer: null,
    expires_at: null,
    max_redemptions: null,
    promotion,
    restrictions: { first_time_transaction: false, minimum_amount: null, minimum_amount_currency: null },
    times_redeemed: 0,
  });
  const expanded = await stripe.promotionCodes.retrieve(code.id, { expand: ['promotion.coupon'] });
  expect(expanded.promotion.coupon).toMatchObject({ id: coupon, percent_off: 10 });
  const restrictions = { minimum_amount: 1000, minimum_amount_currency: 'usd' };
  const fall = await stripe.promotionCodes.create({ promotion, code: 'FALL-20', restrictions });
  expect((await stripe.promotionCodes.list({ code: 'fall-20' })).data).toMatchObject([
    { id: fall.id, restrictions },
  ]);
  expect((await stripe.promotionCodes.list({ coupon })).data).toHaveLength(2);
  const taken = await failureOf(stripe.promotionCodes.create({ promotion, code: 'fall-20' }));
  expect(taken).toMatchObject({ statusCode: 400, param: 'code' });
  await stripe.promotionCodes.update(fall.id, { active: false });
  await stripe.promotionCodes.create({ promotion, code: 'fall-20', max_redemptions: 5 });
  const tooMany = await failureOf(stripe.promotionCodes.create({ promotion, max_redemptions: 6 }));
  expect(tooMany).toMatchObject({ statusCode: 400, param: 'max_redemptions' });
  await stripe.coupons.del(coupon);
  expect((await stripe.promotionCodes.list({ active: true })).data).toEqual([]);
});

test('a code can expire', async ({ stripe, clock }) => {
  const { id: coupon } = await stripe.coupons.create({ percent_off: 10 });
  const promotion = { coupon, type: 'coupon' as const };
  const { id } = await stripe.promotionCodes.create({ promotion, expires_at: at('2026-11-02') });
  clock.advanceMs(24 * 3_600_000);
  expect((await stripe.promotionCodes.retrieve(id)).active).toBe(false);
  const [event] = (await stripe.events.list({ type: 'promotion_code.updated' })).data;
  expect(event).toMatchObject({ data: { object: { id }, previous_attributes: { active: true } } });
});

// https://docs.stripe.com/changelog/clover
test('older versions name the coupon of a code directly', async ({ sandbox, stripe }) => {
  const { id } = await stripe.coupons.create({ percent_off: 10 });
  const create = (version: string) =>
    request(sandbox, 'POST', '/v1/promotion_codes', {
      headers: { 'Stripe-Version': version },
      form: `coupon=${id}`,
    });
  expect((await create('2025-08-27.basil')).body).toMatchObject({ promotion: { coupon: id } });
  expect((await create('2025-09-30.clover')).body).toMatchObject({ error: { code: 'parameter_unknown' } });
});
