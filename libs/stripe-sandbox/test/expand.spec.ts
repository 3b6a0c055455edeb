import { expect } from 'vitest';
import { expandableFields } from '../http/expandable-fields.js';
import { CARD_ONLY } from './payments.js';
import { failureOf, test } from './support.js';

// https://docs.stripe.com/api/expanding_objects, and the fields of stripe-node's types
test('a customer can be expanded by all that belongs to it', async ({ stripe }) => {
  const { id } = await stripe.customers.create({ source: 'tok_visa' });
  const expand = ['tax', 'invoice_credit_balance', 'sources', 'cash_balance', 'tax_ids'];
  const customer = await stripe.customers.retrieve(id, { expand });
  expect(customer).toMatchObject({
    cash_balance: null,
    invoice_credit_balance: {},
    sources: {
      object: 'list',
      data: [{ object: 'card', brand: 'Visa' }],
      has_more: false,
      url: `/v1/customers/${id}/sources`,
    },
    tax: { automatic_tax: 'unrecognized_location', ip_address: null, location: null },
    tax_ids: { object: 'list', data: [], url: `/v1/customers/${id}/tax_ids` },
  });
  const plain = await stripe.customers.retrieve(id);
  for (const field of ['invoice_credit_balance', 'sources', 'tax', 'tax_ids'])
    expect(plain).not.toHaveProperty(field);
});

test('references to what the sandbox does not have are null', async ({ stripe }) => {
  const session = await stripe.checkout.sessions.create({
    mode: 'payment',
    line_items: [
      { price_data: { currency: 'usd', unit_amount: 500, product_data: { name: 'Mug' } }, quantity: 1 },
    ],
    success_url: 'https://example.com',
    expand: ['payment_link', 'total_details.breakdown', 'line_items'],
  });
  expect(session).toMatchObject({
    payment_link: null,
    total_details: { breakdown: { discounts: [], taxes: [] } },
  });
  const { id: customer } = await stripe.customers.create({ source: 'tok_visa' });
  const price = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 500,
    recurring: { interval: 'month' },
    product_data: { name: 'Club' },
  });
  const subscription = await stripe.subscriptions.create({
    customer,
    items: [{ price: price.id }],
    expand: ['schedule', 'latest_invoice.account_tax_ids', 'default_source', 'discounts'],
  });
  expect(subscription).toMatchObject({ schedule: null, latest_invoice: { account_tax_ids: null } });
});

test('each reference of an intent in the types can be expanded', async ({ stripe }) => {
  const { id } = await stripe.paymentIntents.create({ ...CARD_ONLY, amount: 500 });
  const expand = Object.keys(expandableFields['payment_intent']!).filter((path) => !path.includes('.'));
  expect(expand).toContain('latest_charge');
  expect((await stripe.paymentIntents.retrieve(id, { expand })).latest_charge).toBeNull();
  expect(await failureOf(stripe.paymentIntents.retrieve(id, { expand: ['amount'] }))).toMatchObject({
    statusCode: 400,
    message: expect.stringContaining('This property cannot be expanded (amount).'),
  });
});
