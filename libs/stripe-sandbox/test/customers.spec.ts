import { expect } from 'vitest';
import { failureOf, request, test } from './support.js';

test('a new customer has every field at its initial value', async ({ stripe }) => {
  const customer = await stripe.customers.create({ email: 'ada@example.com', metadata: { tier: 'gold' } });
  expect(customer).toMatchObject({
    id: expect.stringMatching(/^cus_[A-Za-z0-9]{14}$/),
    object: 'customer',
    address: null,
    balance: 0,
    created: Date.UTC(2026, 10, 1) / 1000,
    delinquent: false,
    email: 'ada@example.com',
    invoice_settings: { default_payment_method: null, custom_fields: null, footer: null },
    livemode: false,
    metadata: { tier: 'gold' },
    shipping: null,
    tax_exempt: 'none',
  });
  expect(await stripe.customers.retrieve(customer.id)).toEqual(customer);
});

test('an update changes the given fields, merges metadata, and unsets empty strings', async ({ stripe }) => {
  const { id } = await stripe.customers.create({
    name: 'Ada',
    phone: '123',
    metadata: { a: '1', b: '2' },
    address: { city: 'London' },
  });
  const updated = await stripe.customers.update(id, {
    phone: '',
    address: '',
    metadata: { b: '', c: '3' },
  });
  expect(updated).toMatchObject({ name: 'Ada', phone: null, address: null, metadata: { a: '1', c: '3' } });
  expect(updated.metadata).not.toHaveProperty('b');
  expect((await stripe.customers.update(id, { metadata: '' })).metadata).toEqual({});
});

test('a deleted customer is retrieved as deleted, not listed, and cannot be updated', async ({ stripe }) => {
  const { id } = await stripe.customers.create({});
  const paymentMethod = await stripe.paymentMethods.attach('pm_card_visa', { customer: id });
  expect(await stripe.customers.del(id)).toEqual({ id, object: 'customer', deleted: true });
  expect(await stripe.customers.retrieve(id)).toMatchObject({ deleted: true });
  expect((await stripe.customers.list()).data).toEqual([]);
  expect((await stripe.paymentMethods.retrieve(paymentMethod.id)).customer).toBeNull();
  expect(await failureOf(stripe.customers.update(id, { name: 'x' }))).toMatchObject({
    statusCode: 404,
    code: 'resource_missing',
    param: 'id',
    message: `No such customer: '${id}'`,
  });
});

test('a default payment method must be attached to the customer', async ({ stripe }) => {
  const customer = await stripe.customers.create({});
  const stray = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
  const choose = (id: string) =>
    stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: id } });
  expect(await failureOf(choose(stray.id))).toMatchObject({
    statusCode: 400,
    param: 'invoice_settings[default_payment_method]',
  });
  const own = await stripe.paymentMethods.attach(stray.id, { customer: customer.id });
  expect((await choose(own.id)).invoice_settings.default_payment_method).toBe(own.id);
});

test("a deleted customer's cards cannot be used again", async ({ stripe }) => {
  const [{ id }, { id: customer }] = [await stripe.customers.create({}), await stripe.customers.create({})];
  const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: id });
  await stripe.customers.del(id);
  expect((await stripe.paymentMethods.retrieve(card.id)).customer).toBeNull();
  expect(await failureOf(stripe.paymentMethods.attach(card.id, { customer }))).toMatchObject({
    statusCode: 400,
    message: expect.stringContaining('may not be used again'),
  });
});

test('lists customers by email and by creation time', async ({ stripe, clock }) => {
  const first = await stripe.customers.create({ email: 'a@example.com' });
  clock.advanceMs(10_000);
  const second = await stripe.customers.create({ email: 'b@example.com' });
  const ids = async (params: object) => (await stripe.customers.list(params)).data.map(({ id }) => id);
  expect(await ids({ email: 'a@example.com' })).toEqual([first.id]);
  expect(await ids({ created: { gte: second.created } })).toEqual([second.id]);
  expect(await ids({ created: { lt: second.created } })).toEqual([first.id]);
  expect(await ids({ created: first.created })).toEqual([first.id]);
});

test('each change emits an event', async ({ stripe, sandbox }) => {
  const { id } = await stripe.customers.create({ name: 'Ada' });
  await stripe.customers.update(id, { name: 'Bea', metadata: { k: 'v' } });
  await request(sandbox, 'DELETE', `/v1/customers/${id}`);
  const events = [...sandbox.store.events.oldestFirst()];
  expect(events.map(({ type }) => type)).toEqual([
    'customer.created',
    'customer.updated',
    'customer.deleted',
  ]);
  expect(events[1]?.data.previous_attributes).toEqual({ name: 'Ada', metadata: { k: null } });
  expect(events[1]?.request?.id).toMatch(/^req_/);
});

// https://docs.stripe.com/error-codes#email-invalid
test.for(['nope', 'a@b', 'a b@example.com', '@example.com'])(
  'refuses the email address %s',
  async (email, { stripe }) => {
    expect(await failureOf(stripe.customers.create({ email }))).toMatchObject({
      statusCode: 400,
      code: 'email_invalid',
      param: 'email',
      message: `Invalid email address: ${email}`,
    });
  },
);
