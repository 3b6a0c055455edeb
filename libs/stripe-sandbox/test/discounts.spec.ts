import type { Stripe } from 'stripe';
import { expect } from 'vitest';
import { at, openClub, priceOf } from './club.js';
import { failureOf, request, test } from './support.js';

const types = async (stripe: Stripe) =>
  (await stripe.events.list({ limit: 100 })).data
    .map(({ type }) => type)
    .filter((type) => type.startsWith('customer.discount'))
    .toReversed();

// https://github.com/stripe/stripe-go/issues/944: the first invoice consumes a coupon of duration `once`.
test('a coupon of duration once reduces the first invoice of a subscription', async () => {
  const { stripe, subscribe, customer, invoices, wait } = await openClub();
  const { id: coupon } = await stripe.coupons.create({ percent_off: 25 });
  const { id, discounts } = await subscribe({ discounts: [{ coupon }] });
  expect(discounts).toEqual([]);
  const expand = ['discounts', 'total_discount_amounts.discount'];
  const [{ id: invoiceId }] = (await invoices(id)) as [Stripe.Invoice];
  const invoice = await stripe.invoices.retrieve(invoiceId, { expand });
  expect(invoice).toMatchObject({ subtotal: 1000, total: 750, amount_paid: 750, total_excluding_tax: 750 });
  const [discount] = invoice.discounts as [Stripe.Discount];
  expect(discount).toMatchObject({
    id: expect.stringMatching(/^di_1/),
    object: 'discount',
    checkout_session: null,
    customer,
    end: null,
    invoice: null,
    promotion_code: null,
    source: { coupon, type: 'coupon' },
    start: at('2026-11-01'),
    subscription: id,
  });
  expect(invoice.total_discount_amounts).toEqual([{ amount: 250, discount }]);
  const reduction = { amount: 250, discount: discount.id };
  expect(invoice.total_pretax_credit_amounts).toEqual([{ ...reduction, type: 'discount' }]);
  expect(invoice.lines.data).toMatchObject([
    { amount: 1000, subtotal: 1000, discount_amounts: [reduction], discounts: [] },
  ]);
  expect((await stripe.coupons.retrieve(coupon)).times_redeemed).toBe(1);
  expect(await types(stripe)).toEqual(['customer.discount.created', 'customer.discount.deleted']);
  wait(31);
  expect((await invoices(id))[0]).toMatchObject({ total: 1000, total_discount_amounts: [] });
});

test('a coupon of duration repeating reduces the invoices of its months', async () => {
  const { stripe, subscribe, invoices, wait } = await openClub();
  const { id: coupon } = await stripe.coupons.create({
    amount_off: 300,
    currency: 'usd',
    duration: 'repeating',
    duration_in_months: 2,
  });
  const { id } = await subscribe({ discounts: [{ coupon }], expand: ['discounts'] });
  const expanded = await stripe.subscriptions.retrieve(id, { expand: ['discounts'] });
  expect(expanded.discounts).toMatchObject([{ end: at('2027-01-01'), source: { coupon } }]);
  wait(31);
  wait(31);
  expect((await invoices(id)).map(({ total }) => total)).toEqual([1000, 700, 700]);
  expect((await stripe.subscriptions.retrieve(id)).discounts).toEqual([]);
});

test('an update replaces, keeps and removes the discounts of a subscription', async () => {
  const { stripe, subscribe, invoices, wait } = await openClub();
  const { id } = await subscribe();
  const ten = await stripe.coupons.create({ percent_off: 10, duration: 'forever' });
  const twenty = await stripe.coupons.create({ percent_off: 20, duration: 'forever' });
  const once = await stripe.subscriptions.update(id, { discounts: [{ coupon: ten.id }] });
  const discount = once.discounts[0] as string;
  const both = await stripe.subscriptions.update(id, { discounts: [{ discount }, { coupon: twenty.id }] });
  expect(both.discounts).toEqual([discount, expect.any(String)]);
  const preview = await stripe.invoices.createPreview({ subscription: id });
  expect(preview.total).toBe(720);
  wait(31);
  expect((await invoices(id))[0]!.total).toBe(720);
  const unknown = await failureOf(stripe.subscriptions.update(id, { discounts: [{ discount: 'di_none' }] }));
  expect(unknown).toMatchObject({ statusCode: 400, param: 'discounts[0][discount]' });
  await stripe.subscriptions.deleteDiscount(id);
  expect((await stripe.subscriptions.retrieve(id)).discounts).toEqual([both.discounts[1]]);
  expect((await stripe.subscriptions.update(id, { discounts: '' })).discounts).toEqual([]);
  const none = await failureOf(stripe.subscriptions.deleteDiscount(id));
  expect(none).toMatchObject({ statusCode: 404 });
});

test("an item's discounts reduce only its lines, before those of the subscription", async () => {
  const { stripe, subscribe, price, invoices } = await openClub();
  const other = await priceOf(stripe, 500);
  const half = await stripe.coupons.create({ percent_off: 50 });
  const tenth = await stripe.coupons.create({ percent_off: 10, duration: 'forever' });
  const items = [{ price: price.id, discounts: [{ coupon: half.id }] }, { price: other.id }];
  const subscription = await subscribe({ items, discounts: [{ coupon: tenth.id }] });
  expect(subscription.items.data.map(({ discounts }) => discounts)).toEqual([[], []]);
  const [invoice] = await invoices(subscription.id);
  expect(invoice!.total).toBe(900);
  const taken = invoice!.lines.data.map(({ discount_amounts: each }) => each!.map(({ amount }) => amount));
  expect(taken).toEqual([[500, 50], [50]]);
});

// https://docs.stripe.com/billing/subscriptions/coupons#set-eligible-products
test('prorations count discounts, and are not discounted again', async () => {
  const { stripe, subscribe, invoices, wait } = await openClub();
  const { id: coupon } = await stripe.coupons.create({ percent_off: 50, duration: 'forever' });
  const { id, items } = await subscribe({ discounts: [{ coupon }] });
  const dearer = await priceOf(stripe, 4000);
  wait(15);
  await stripe.subscriptions.update(id, {
    items: [{ id: items.data[0]!.id, price: dearer.id }],
    proration_behavior: 'always_invoice',
  });
  const [change] = await invoices(id);
  expect(change!.lines.data.map(({ amount }) => amount)).toEqual([-250, 1000]);
  expect(change).toMatchObject({ total: 750, total_discount_amounts: [] });
});

// https://docs.stripe.com/api/invoices/create#create_invoice-discounts
test('an invoice has its own discounts, which can be changed while it is a draft', async () => {
  const { stripe, customer } = await openClub();
  const { id: product } = await stripe.products.create({ name: 'Paint' });
  const applies_to = { products: [product] };
  const paint = await stripe.coupons.create({ percent_off: 50, applies_to });
  const all = await stripe.coupons.create({ amount_off: 100, currency: 'usd', max_redemptions: 1 });
  const price_data = { currency: 'usd', product, unit_amount: 1000 };
  await stripe.invoiceItems.create({ customer, price_data });
  await stripe.invoiceItems.create({ customer, amount: 1000 });
  await stripe.invoiceItems.create({ customer, amount: 1000, discountable: false });
  const draft = await stripe.invoices.create({
    customer,
    pending_invoice_items_behavior: 'include',
    discounts: [{ coupon: paint.id }],
  });
  expect(draft).toMatchObject({ subtotal: 3000, total: 2500 });
  const discounts = [{ discount: draft.discounts[0] as string }, { coupon: all.id }];
  const changed = await stripe.invoices.update(draft.id, { discounts });
  expect(changed).toMatchObject({ total: 2400, discounts: [draft.discounts[0], expect.any(String)] });
  const taken = changed.lines.data.map(({ discount_amounts: each }) => each!.map(({ amount }) => amount));
  expect(taken).toEqual([[500, 33], [67], []]);
  const paid = await stripe.invoices.pay(draft.id);
  expect(paid).toMatchObject({ amount_paid: 2400, status: 'paid' });
  const late = await failureOf(stripe.invoices.update(draft.id, { discounts: '' }));
  expect(late).toMatchObject({ statusCode: 400, code: 'invoice_not_editable' });
  expect(await stripe.coupons.retrieve(all.id)).toMatchObject({ times_redeemed: 1, valid: false });
  const usedUp = await failureOf(stripe.invoices.create({ customer, discounts: [{ coupon: all.id }] }));
  expect(usedUp).toMatchObject({ statusCode: 400, code: 'coupon_expired', param: 'discounts[0][coupon]' });
});

test('an invoice item can have discounts', async () => {
  const { stripe, customer } = await openClub();
  const { id: coupon } = await stripe.coupons.create({ percent_off: 30 });
  const item = await stripe.invoiceItems.create({ customer, amount: 1000, discounts: [{ coupon }] });
  const draft = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' });
  expect(draft).toMatchObject({ subtotal: 1000, total: 700, discounts: [] });
  expect(draft.lines.data).toMatchObject([
    { discounts: item.discounts, discount_amounts: [{ amount: 300 }] },
  ]);
  await stripe.invoiceItems.update(item.id, { discounts: '' });
  expect((await stripe.invoices.retrieve(draft.id)).total).toBe(1000);
});

// https://docs.stripe.com/changelog/basil/2025-03-31/deprecate-singular-coupon-promotion-code
test("a customer's discount, of older versions, reduces what has none of its own", async () => {
  const { sandbox, stripe, customer, subscribe, invoices, wait } = await openClub();
  const { id: coupon } = await stripe.coupons.create({ percent_off: 10, duration: 'forever' });
  const own = await stripe.coupons.create({ percent_off: 20, duration: 'forever' });
  const update = (version: string) =>
    request(sandbox, 'POST', `/v1/customers/${customer}`, {
      headers: { 'Stripe-Version': version },
      form: `coupon=${coupon}`,
    });
  expect((await update('2025-03-31.basil')).body).toMatchObject({ error: { code: 'parameter_unknown' } });
  const changed = (await update('2025-02-24.acacia')).body;
  const discount = { object: 'discount', customer, source: { coupon, type: 'coupon' } };
  expect(changed).toMatchObject({ discount });
  const { id } = await subscribe();
  expect((await invoices(id))[0]!.total).toBe(900);
  const { id: other } = await subscribe({ discounts: [{ coupon: own.id }] });
  expect((await invoices(other))[0]!.total).toBe(800);
  const deleted = await stripe.customers.deleteDiscount(customer);
  expect(deleted).toMatchObject({ object: 'discount', deleted: true, customer });
  expect(((await stripe.customers.retrieve(customer)) as Stripe.Customer).discount).toBeNull();
  wait(31);
  expect((await invoices(id))[0]!.total).toBe(1000);
});

test('a promotion code is redeemed by whom and for what it allows', async () => {
  const { stripe, customer, subscribe, invoices } = await openClub();
  const { id: coupon } = await stripe.coupons.create({ percent_off: 10 });
  const promotion = { coupon, type: 'coupon' as const };
  const make = (params: Partial<Stripe.PromotionCodeCreateParams> = {}) =>
    stripe.promotionCodes.create({ promotion, ...params });
  const draftWith = ({ id: promotion_code }: Stripe.PromotionCode) =>
    stripe.invoices.create({ customer, discounts: [{ promotion_code }] });
  const { id: stranger } = await stripe.customers.create();
  const minimum = { minimum_amount: 5000, minimum_amount_currency: 'usd' };
  const param = 'discounts[0][promotion_code]';
  const refusal = { statusCode: 400, param };
  expect(await failureOf(draftWith(await make({ customer: stranger })))).toMatchObject(refusal);
  expect(await failureOf(draftWith(await make({ restrictions: minimum })))).toMatchObject(refusal);
  const first = await make({ restrictions: { first_time_transaction: true }, max_redemptions: 1 });
  const { id } = await subscribe({ discounts: [{ promotion_code: first.id }] });
  const [invoice] = await invoices(id);
  const { discounts } = await stripe.invoices.retrieve(invoice!.id, { expand: ['discounts'] });
  expect(discounts).toMatchObject([{ promotion_code: first.id }]);
  expect(await stripe.promotionCodes.retrieve(first.id)).toMatchObject({ active: false, times_redeemed: 1 });
  const again = await make({ restrictions: { first_time_transaction: true } });
  expect(await failureOf(draftWith(again))).toMatchObject(refusal);
});

// https://docs.stripe.com/billing/subscriptions/coupons#apply-coupons-to-subscriptions
test('a subscription that costs nothing needs no payment method', async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create();
  const { id: price } = await priceOf(stripe, 1000);
  const { id: coupon } = await stripe.coupons.create({ percent_off: 100 });
  const params = { customer, items: [{ price }], discounts: [{ coupon }] };
  expect(await stripe.subscriptions.create(params)).toMatchObject({ status: 'active' });
  const euros = await stripe.coupons.create({ amount_off: 100, currency: 'eur' });
  const wrong = await failureOf(
    stripe.subscriptions.create({ ...params, discounts: [{ coupon: euros.id }] }),
  );
  expect(wrong).toMatchObject({ statusCode: 400, param: 'discounts[0][coupon]' });
});

// https://docs.stripe.com/api/events/types#event_types-customer.discount.updated
test('a customer is switched from one coupon to another', async ({ stripe }) => {
  const [first, second] = [
    await stripe.coupons.create({ percent_off: 20, duration: 'forever' }),
    await stripe.coupons.create({ percent_off: 30, duration: 'forever' }),
  ];
  const acacia = { apiVersion: '2025-02-24.acacia' };
  const customer = await stripe.customers.create({ coupon: first.id } as never, acacia);
  const give = (coupon: string) => stripe.customers.update(customer.id, { coupon } as never, acacia);
  const switched = await give(second.id);
  expect(switched.discount!.source.coupon).toBe(second.id);
  const { data } = await stripe.events.list({ type: 'customer.discount.updated' });
  expect(data).toMatchObject([
    { data: { object: { id: switched.discount!.id }, previous_attributes: { id: customer.discount!.id } } },
  ]);
  await give('');
  expect(await types(stripe)).toEqual([
    'customer.discount.created',
    'customer.discount.updated',
    'customer.discount.deleted',
  ]);
  expect((await stripe.coupons.retrieve(second.id)).times_redeemed).toBe(1);
});
