import { Stripe } from 'stripe';
import { expect } from 'vitest';
import { at, openClub } from './club.js';
import { failureOf, request, test } from './support.js';

const oneTimePrice = (stripe: Stripe, unit_amount_decimal = '5000') =>
  stripe.prices.create({
    currency: 'cad',
    unit_amount_decimal: Stripe.Decimal.from(unit_amount_decimal),
    product_data: { name: 'Test Product' },
  });

// Recorded at 2026-08-26.dahlia.
test('an item of a price has its amount, its currency and the name of its product', async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create({});
  const price = await oneTimePrice(stripe);
  const item = await stripe.invoiceItems.create({ customer, pricing: { price: price.id } });
  expect(item).toMatchObject({
    amount: 5000,
    currency: 'cad',
    description: 'Test Product',
    discountable: true,
    parent: null,
    pricing: {
      price_details: { price: price.id, product: price.product },
      type: 'price_details',
      unit_amount_decimal: Stripe.Decimal.from('5000'),
    },
    quantity: 1,
  });
  expect(item).not.toHaveProperty('net_amount');
  const invoice = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' });
  const [line] = invoice.lines.data;
  expect(line).toMatchObject({ amount: 5000, description: 'Test Product', pricing: item.pricing });
});

// Recorded: an item with an amount refers to an older price, so such items share their prices.
test('items of the same amount share an inactive price', async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create({});
  const make = (amount: number) => stripe.invoiceItems.create({ customer, amount, description: 'Labour' });
  const [one, same, other] = [await make(1000), await make(1000), await make(1500)];
  expect(one).toMatchObject({
    description: 'Labour',
    quantity: 1,
    pricing: { unit_amount_decimal: Stripe.Decimal.from('1000') },
  });
  expect(same.pricing).toEqual(one.pricing);
  expect(other.pricing!.price_details!.price).not.toBe(one.pricing!.price_details!.price);
  const price = await stripe.prices.retrieve(one.pricing!.price_details!.price as string);
  expect(price).toMatchObject({ active: false, currency: 'usd', type: 'one_time', unit_amount: 1000 });
});

// https://docs.stripe.com/api/invoiceitems/create
test('quantities multiply the unit amount', async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create({});
  const price = await oneTimePrice(stripe, '33.5');
  const three = await stripe.invoiceItems.create({ customer, pricing: { price: price.id }, quantity: 3 });
  expect(three).toMatchObject({ amount: 101, quantity: 3, quantity_decimal: Stripe.Decimal.from('3') });
  const decimals = {
    quantity_decimal: Stripe.Decimal.from('2.5'),
    unit_amount_decimal: Stripe.Decimal.from('-100'),
  };
  const hours = await stripe.invoiceItems.create({ customer, currency: 'eur', ...decimals });
  expect(hours).toMatchObject({
    amount: -250,
    currency: 'eur',
    description: null,
    discountable: false,
    net_amount: -250,
    quantity: 2,
    quantity_decimal: Stripe.Decimal.from('2.5'),
  });
  const { id: product } = await stripe.products.create({ name: 'Paint' });
  const price_data = { currency: 'usd', product, unit_amount: 700 };
  const paint = await stripe.invoiceItems.create({ customer, price_data, quantity: 2 });
  expect(paint).toMatchObject({
    amount: 1400,
    description: 'Paint',
    pricing: { price_details: { product } },
  });
});

test('an item costs one thing', async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create({});
  const price = await oneTimePrice(stripe);
  const pricing = { price: price.id };
  const refused = async (params: Stripe.InvoiceItemCreateParams) =>
    (await failureOf(stripe.invoiceItems.create({ customer, ...params }))).param;
  expect(await refused({})).toBe('amount');
  expect(await refused({ amount: 100, pricing })).toBe('amount');
  expect(await refused({ amount: 100, quantity: 2 })).toBe('amount');
  expect(await refused({ currency: 'usd', pricing })).toBe('currency');
  expect(await refused({ pricing: { price: 'price_none' } })).toBe('pricing[price]');
  const recurring = { interval: 'month' as const };
  const monthly = { currency: 'usd', unit_amount: 100, recurring, product_data: { name: 'Plan' } };
  const { id: plan } = await stripe.prices.create(monthly);
  expect(await refused({ pricing: { price: plan } })).toBe('pricing[price]');
  expect(await refused({ amount: 1, period: { start: 200, end: 100 } })).toBe('period[end]');
  expect((await stripe.invoiceItems.list({ customer })).data).toEqual([]);
});

// https://docs.stripe.com/changelog/basil/2025-03-31/invoice-pricing-configurations
test('older versions call the pricing `price`', async ({ sandbox, stripe }) => {
  const { id: customer } = await stripe.customers.create({});
  const { id: price } = await oneTimePrice(stripe);
  const create = (version: string) =>
    request(sandbox, 'POST', '/v1/invoiceitems', {
      headers: { 'Stripe-Version': version },
      form: `customer=${customer}&price=${price}`,
    });
  expect((await create('2025-02-24.acacia')).body).toMatchObject({ amount: 5000, quantity: 1 });
  expect((await create('2025-03-31.basil')).body).toMatchObject({ error: { code: 'parameter_unknown' } });
});

// https://docs.stripe.com/api/invoiceitems/update
test('an item on a draft can be changed, and so can its amount', async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create({});
  const draft = await stripe.invoices.create({ customer });
  const item = await stripe.invoiceItems.create({ invoice: draft.id, amount: 2000, currency: 'usd' });
  expect(item).toMatchObject({ customer, invoice: draft.id });
  expect((await stripe.invoices.retrieve(draft.id)).total).toBe(2000);
  const period = { start: at('2026-11-01'), end: at('2026-12-01') };
  const change = { amount: 500, description: 'Less', metadata: { a: '1' }, period };
  expect(await stripe.invoiceItems.update(item.id, change)).toMatchObject(change);
  const quantity = { quantity: 3 };
  expect(await stripe.invoiceItems.update(item.id, quantity)).toMatchObject({ amount: 1500, quantity: 3 });
  const changed = await stripe.invoices.retrieve(draft.id);
  expect(changed).toMatchObject({ amount_due: 1500, subtotal: 1500, total: 1500 });
  expect(changed.lines.data).toMatchObject([{ amount: 1500, description: 'Less', period }]);
  await stripe.invoices.finalizeInvoice(draft.id);
  const late = await failureOf(stripe.invoiceItems.update(item.id, { amount: 1 }));
  expect(late).toMatchObject({ statusCode: 400, code: 'invoice_not_editable' });
  const added = stripe.invoiceItems.create({ invoice: draft.id, amount: 1 });
  expect(await failureOf(added)).toMatchObject({ statusCode: 400, param: 'invoice' });
});

// https://docs.stripe.com/api/invoiceitems/create#create_invoiceitem-subscription
test("only its subscription's next invoice includes an item of a subscription", async () => {
  const { stripe, subscribe, customer, invoices, wait } = await openClub();
  const owner = await subscribe();
  const item = await stripe.invoiceItems.create({ customer, amount: 300, subscription: owner.id });
  const parent = { type: 'subscription_details', subscription_details: { subscription: owner.id } };
  expect(item.parent).toEqual(parent);
  const other = await subscribe();
  expect((await invoices(other.id))[0]!.total).toBe(1000);
  wait(31);
  expect((await invoices(owner.id))[0]!.total).toBe(1300);
  expect((await stripe.invoiceItems.retrieve(item.id)).invoice).toBe((await invoices(owner.id))[0]!.id);
});

// https://docs.stripe.com/api/invoices/create_preview#create_preview_invoice-invoice_items
test('a preview adds items by price', async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create({});
  const { id: price } = await oneTimePrice(stripe);
  const invoice_items = [{ price, quantity: 2 }];
  const preview = await stripe.invoices.createPreview({ customer, currency: 'cad', invoice_items });
  expect(preview.lines.data).toMatchObject([{ amount: 10000, description: 'Test Product', quantity: 2 }]);
  expect((await stripe.invoiceItems.list({ customer })).data).toEqual([]);
});
