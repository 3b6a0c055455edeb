import { expect } from 'vitest';
import { CARD_ONLY } from './payments.js';
import { failureOf, test } from './support.js';

/*
 * The default source of a customer from the time before payment methods:
 * https://docs.stripe.com/payments/payment-methods/transitioning.
 */
test('a source is a card, and also a payment method', async ({ stripe }) => {
  const customer = await stripe.customers.create({ source: 'tok_mastercard' });
  const id = customer.default_source as string;
  expect(id).toMatch(/^card_1[A-Za-z0-9]{23}$/);
  expect(customer.invoice_settings.default_payment_method).toBeNull();
  expect(await stripe.paymentMethods.retrieve(id)).toMatchObject({
    id,
    customer: customer.id,
    type: 'card',
    card: { brand: 'mastercard', last4: '4444' },
  });
  expect((await stripe.customers.listPaymentMethods(customer.id)).data).toMatchObject([{ id }]);
  expect(await stripe.customers.retrieve(customer.id, { expand: ['default_source'] })).toMatchObject({
    default_source: {
      id,
      object: 'card',
      brand: 'MasterCard',
      customer: customer.id,
      last4: '4444',
      exp_month: 11,
      exp_year: 2027,
    },
  });
});

test('a default source pays invoices until it is detached', async ({ stripe }) => {
  const { id: customer, default_source } = await stripe.customers.create({ source: 'tok_visa' });
  const card = default_source as string;
  const payment = { ...CARD_ONLY, customer, payment_method: card, amount: 900, confirm: true };
  const { status } = await stripe.paymentIntents.create({ ...payment, off_session: true });
  expect(status).toBe('succeeded');
  const { id: product } = await stripe.products.create({ name: 'Club' });
  const plan = await stripe.plans.create({ product, currency: 'usd', interval: 'month', amount: 900 });
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price: plan.id }] });
  expect(subscription.status).toBe('active');
  await stripe.paymentMethods.detach(card);
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ default_source: null });
});

test('an unknown or declined source creates no customer', async ({ stripe }) => {
  expect(await failureOf(stripe.customers.create({ source: 'tok_none' }))).toMatchObject({
    statusCode: 400,
    code: 'resource_missing',
    param: 'source',
  });
  expect(await failureOf(stripe.customers.create({ source: 'tok_chargeDeclined' }))).toMatchObject({
    statusCode: 402,
    code: 'card_declined',
  });
  expect((await stripe.customers.list()).data).toEqual([]);
});

// https://docs.stripe.com/api/cards
test('cards can be added, changed and removed as sources', async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create();
  const { id } = await stripe.customers.createSource(customer, { source: 'tok_visa' });
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ default_source: id });
  await stripe.customers.createSource(customer, { source: 'tok_mastercard' });
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ default_source: id });
  const changed = await stripe.customers.updateSource(customer, id, { name: 'Ada', exp_year: '2031' });
  expect(changed).toMatchObject({ id, object: 'card', name: 'Ada', exp_year: 2031 });
  expect((await stripe.customers.listSources(customer)).data).toMatchObject([
    { brand: 'MasterCard' },
    { id, brand: 'Visa' },
  ]);
  const deleted = await stripe.customers.deleteSource(customer, id);
  expect(deleted).toEqual({ id, object: 'card', deleted: true });
  expect(await failureOf(stripe.customers.retrieveSource(customer, id))).toMatchObject({ statusCode: 404 });
});

// https://docs.stripe.com/api/customers/update#update_customer-source
test('a new source replaces the default one, and another can become it', async ({ stripe }) => {
  const { id, default_source: first } = await stripe.customers.create({ source: 'tok_visa' });
  const replaced = await stripe.customers.update(id, { source: 'tok_mastercard', name: 'Ada' });
  expect(replaced).toMatchObject({ name: 'Ada', default_source: expect.stringMatching(/^card_/) });
  expect(replaced.default_source).not.toBe(first);
  const sources = async () => (await stripe.customers.listSources(id)).data.map((source) => source.id);
  expect(await sources()).toEqual([replaced.default_source]);
  const added = await stripe.customers.createSource(id, { source: 'tok_amex' });
  const changed = await stripe.customers.update(id, { default_source: added.id });
  expect(changed.default_source).toBe(added.id);
  const failure = await failureOf(stripe.customers.update(id, { default_source: first as string }));
  expect(failure).toMatchObject({ code: 'resource_missing', param: 'default_source' });
  const declined = stripe.customers.update(id, { source: 'tok_chargeDeclined' });
  expect(await failureOf(declined)).toMatchObject({ code: 'card_declined' });
  expect(await sources()).toEqual([added.id, replaced.default_source]);
});

// https://docs.stripe.com/api/cards/update
test('the address of a source is that of its payment method', async ({ stripe }) => {
  const { id, default_source } = await stripe.customers.create({ source: 'tok_visa' });
  const card = default_source as string;
  const address = { address_city: 'Berlin', address_country: 'DE', address_zip: '10115' };
  expect(await stripe.customers.updateSource(id, card, address)).toMatchObject(address);
  expect((await stripe.paymentMethods.retrieve(card)).billing_details.address).toMatchObject({
    city: 'Berlin',
    country: 'DE',
    postal_code: '10115',
  });
});
