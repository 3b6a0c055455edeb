import { expect } from 'vitest';
import { failureOf, test } from './support.js';

// https://docs.stripe.com/api/tax_ids/customer_create
test('a customer has tax ids', async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create({});
  const taxId = await stripe.customers.createTaxId(customer, { type: 'eu_vat', value: 'DE123456789' });
  expect(taxId).toEqual({
    id: expect.stringMatching(/^txi_1[A-Za-z0-9]{23}$/),
    object: 'tax_id',
    country: 'DE',
    created: Date.UTC(2026, 10, 1) / 1000,
    customer,
    customer_account: null,
    livemode: false,
    owner: { customer, customer_account: null, type: 'customer' },
    type: 'eu_vat',
    value: 'DE123456789',
    verification: { status: 'pending', verified_address: null, verified_name: null },
  });
  const other = await stripe.customers.createTaxId(customer, { type: 'us_ein', value: '12-3456789' });
  expect(other).toMatchObject({ country: 'US', verification: { status: 'unavailable' } });
  const { data } = await stripe.customers.listTaxIds(customer);
  expect(data.map(({ id }) => id)).toEqual([other.id, taxId.id]);
  const expanded = await stripe.customers.retrieve(customer, { expand: ['tax_ids'] });
  expect(expanded).toMatchObject({ tax_ids: { data: [{ id: other.id }, { id: taxId.id }] } });
  expect(await stripe.taxIds.del(other.id)).toMatchObject({ id: other.id, deleted: true });
  expect(await failureOf(stripe.customers.retrieveTaxId(customer, other.id))).toMatchObject({
    statusCode: 404,
    message: `No such tax_id: '${other.id}'`,
  });
});

// https://docs.stripe.com/billing/customer/tax-ids#testing
test.for([
  ['DE000000000', 'verified'],
  ['DE111111111', 'unverified'],
  ['DE222222222', 'pending'],
] as const)('the verification of %s ends as %s', async ([value, status], { stripe, clock }) => {
  const customer = await stripe.customers.create({ tax_id_data: [{ type: 'eu_vat', value }] });
  clock.advanceMs(60_000);
  const { data } = await stripe.customers.listTaxIds(customer.id);
  expect(data).toMatchObject([{ value, verification: { status } }]);
});

// https://docs.stripe.com/error-codes#tax-id-invalid
test('refuses a value that its type cannot have', async ({ stripe }) => {
  const { id } = await stripe.customers.create({});
  for (const call of [
    stripe.customers.createTaxId(id, { type: 'eu_vat', value: '123' }),
    stripe.customers.create({ tax_id_data: [{ type: 'eu_vat', value: '123' }] }),
  ]) {
    expect(await failureOf(call)).toMatchObject({ statusCode: 400, code: 'tax_id_invalid' });
  }
  expect((await stripe.customers.list()).data).toHaveLength(1);
});

// https://docs.stripe.com/api/invoices/object#invoice_object-customer_tax_ids
test('an invoice shows the tax ids that its customer had when it was finalized', async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create({});
  const { id } = await stripe.invoices.create({ customer });
  await stripe.customers.createTaxId(customer, { type: 'gb_vat', value: 'GB123456789' });
  const shown = [{ type: 'gb_vat', value: 'GB123456789' }];
  expect((await stripe.invoices.retrieve(id)).customer_tax_ids).toEqual(shown);
  await stripe.invoices.finalizeInvoice(id);
  await stripe.customers.createTaxId(customer, { type: 'us_ein', value: '12-3456789' });
  expect((await stripe.invoices.retrieve(id)).customer_tax_ids).toEqual(shown);
});

test('the account has tax ids of its own', async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create({});
  const own = await stripe.taxIds.create({ type: 'eu_vat', value: 'DE123456789' });
  expect(own).toMatchObject({ customer: null, owner: { type: 'self' }, verification: null });
  const owner = { type: 'customer' as const, customer };
  const others = await stripe.taxIds.create({ type: 'eu_vat', value: 'DE123456789', owner });
  expect((await stripe.taxIds.list()).data.map(({ id }) => id)).toEqual([own.id]);
  expect((await stripe.taxIds.list({ owner })).data.map(({ id }) => id)).toEqual([others.id]);
});
