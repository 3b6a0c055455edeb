import type { Stripe } from 'stripe';
import { expect } from 'vitest';
import { priceOf } from './club.js';
import { visit } from './pages.js';
import { failureOf, test } from './support.js';

// https://docs.stripe.com/payments/checkout/discounts

const success_url = 'https://shop.example/done';
const price_data = { currency: 'usd', unit_amount: 1000, product_data: { name: 'Paint' } };
const line_items = [{ price_data, quantity: 2 }];

const pay = (session: Stripe.Checkout.Session) => visit(session.url!, { number: '4242424242424242' });

test('a coupon reduces what a session costs', async ({ stripe }) => {
  const { id: coupon } = await stripe.coupons.create({ percent_off: 25, max_redemptions: 1 });
  const session = await stripe.checkout.sessions.create({
    mode: 'payment',
    line_items,
    success_url,
    discounts: [{ coupon }],
    expand: ['total_details.breakdown', 'line_items'],
  });
  expect(session).toMatchObject({
    amount_subtotal: 2000,
    amount_total: 1500,
    discounts: [{ coupon, promotion_code: null }],
    total_details: {
      amount_discount: 500,
      breakdown: {
        discounts: [{ amount: 500, discount: { checkout_session: session.id, source: { coupon } } }],
      },
    },
  });
  expect(session.line_items!.data).toMatchObject([
    { amount_discount: 500, amount_subtotal: 2000, amount_total: 1500 },
  ]);
  expect((await stripe.coupons.retrieve(coupon)).times_redeemed).toBe(0);
  expect((await pay(session)).status).toBe(303);
  const paid = await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent'] });
  expect(paid).toMatchObject({ status: 'complete', payment_intent: { amount_received: 1500 } });
  expect(await stripe.coupons.retrieve(coupon)).toMatchObject({ times_redeemed: 1, valid: false });
});

test('a promotion code is entered on the page', async ({ stripe }) => {
  const { id: coupon } = await stripe.coupons.create({ amount_off: 500, currency: 'usd' });
  const promotion = { coupon, type: 'coupon' as const };
  const code = await stripe.promotionCodes.create({ promotion, code: 'FALL20' });
  const open = await stripe.checkout.sessions.create({
    mode: 'payment',
    line_items,
    success_url,
    allow_promotion_codes: true,
  });
  expect((await visit(open.url!)).text).toContain('name="promotion_code"');
  const wrong = await visit(open.url!, { promotion_code: 'NONE' });
  expect([wrong.status, wrong.text]).toEqual([402, expect.stringContaining('This code is invalid.')]);
  expect((await visit(open.url!, { number: '4000000000000002' })).status).toBe(402);
  expect((await visit(open.url!, { promotion_code: 'fall20' })).status).toBe(303);
  const shown = (await visit(open.url!)).text;
  expect(shown).toContain('-$5.00');
  expect(shown).toContain('<span class="amount">$20.00</span>');
  expect(shown).toContain('Pay $15.00');
  await pay(open);
  const paid = await stripe.checkout.sessions.retrieve(open.id, { expand: ['payment_intent'] });
  expect(paid).toMatchObject({
    amount_total: 1500,
    discounts: [{ coupon: null, promotion_code: code.id }],
    payment_intent: { amount_received: 1500 },
    status: 'complete',
  });
  expect((await stripe.promotionCodes.retrieve(code.id)).times_redeemed).toBe(1);
});

test('a page takes no code unless its session does', async ({ stripe }) => {
  const { id: coupon } = await stripe.coupons.create({ percent_off: 10 });
  await stripe.promotionCodes.create({ promotion: { coupon, type: 'coupon' }, code: 'FALL20' });
  const session = await stripe.checkout.sessions.create({ mode: 'payment', line_items, success_url });
  expect((await visit(session.url!)).text).not.toContain('promotion_code');
  expect((await visit(session.url!, { promotion_code: 'FALL20' })).status).toBe(402);
  expect((await stripe.checkout.sessions.retrieve(session.id)).amount_total).toBe(2000);
});

test('a subscription begins with the discount of its session', async ({ stripe }) => {
  const { id: price } = await priceOf(stripe, 1000);
  const { id: coupon } = await stripe.coupons.create({ percent_off: 20, duration: 'forever' });
  const session = await stripe.checkout.sessions.create({
    mode: 'subscription',
    line_items: [{ price, quantity: 1 }],
    success_url,
    discounts: [{ coupon }],
  });
  expect(session.amount_total).toBe(800);
  await pay(session);
  const paid = await stripe.checkout.sessions.retrieve(session.id, {
    expand: ['invoice'],
  });
  expect(paid).toMatchObject({ payment_status: 'paid', invoice: { amount_paid: 800, subtotal: 1000 } });
  const expand = ['discounts'];
  const subscription = await stripe.subscriptions.retrieve(paid.subscription as string, { expand });
  expect(subscription).toMatchObject({ status: 'active', discounts: [{ source: { coupon } }] });
  expect((await stripe.coupons.retrieve(coupon)).times_redeemed).toBe(1);
});

test('refuses discounts that a session can not have', async ({ stripe }) => {
  const { id: coupon } = await stripe.coupons.create({ amount_off: 1980, currency: 'usd' });
  const discounts = [{ coupon }];
  const refused = async (params: Partial<Stripe.Checkout.SessionCreateParams>) =>
    await failureOf(stripe.checkout.sessions.create({ mode: 'payment', line_items, success_url, ...params }));
  expect(await refused({ discounts, allow_promotion_codes: true })).toMatchObject({ param: 'discounts' });
  expect(await refused({ discounts: [...discounts, ...discounts] })).toMatchObject({ param: 'discounts' });
  expect(await refused({ discounts })).toMatchObject({ code: 'amount_too_small' });
  expect(await refused({ discounts: [{ coupon: 'NONE' }] })).toMatchObject({ code: 'resource_missing' });
  const setup = { mode: 'setup' as const, currency: 'usd', line_items: undefined };
  expect(await refused({ ...setup, discounts })).toMatchObject({ param: 'discounts' });
});
