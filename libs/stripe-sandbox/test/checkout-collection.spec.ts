import type { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import { visit } from './pages.js';
import { failureOf, openBench } from './support.js';

type Create = Stripe.Checkout.SessionCreateParams;

const MUG = { currency: 'usd', unit_amount: 900, product_data: { name: 'Mug' } };
const CARD = { number: '4242424242424242', email: 'ada@example.com', name: 'Ada' };

async function open(params: Partial<Create>) {
  const bench = await openBench();
  const session = await bench.stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: 'https://shop.example/thanks',
    line_items: [{ price_data: MUG, quantity: 2 }],
    ...params,
  });
  const pay = (form: Record<string, string> = {}) => visit(session.url!, { ...CARD, ...form });
  const current = () =>
    bench.stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent.payment_method'] });
  return { ...bench, session, pay, current };
}

const HOME = { line1: '1 High St', city: 'Leeds', postal_code: 'LS1 1AA', country: 'GB' };
const entered = (kind: string) =>
  Object.fromEntries(Object.entries(HOME).map(([name, value]) => [`${kind}_${name}`, value]));

// https://docs.stripe.com/api/checkout/sessions/create, and the types of the session.
test('collects a billing address and a phone number', async () => {
  const { session, pay, current } = await open({
    billing_address_collection: 'required',
    phone_number_collection: { enabled: true },
  });
  expect(session).toMatchObject({
    billing_address_collection: 'required',
    phone_number_collection: { enabled: true },
  });
  await pay({ ...entered('billing'), phone: '+441130000000' });
  expect(await current()).toMatchObject({
    customer_details: { address: { ...HOME, state: null }, phone: '+441130000000' },
    payment_intent: {
      payment_method: { billing_details: { address: HOME, phone: '+441130000000', name: 'Ada' } },
    },
  });
});

test('collects a shipping address of the countries that it ships to', async () => {
  const { session, pay, current } = await open({
    shipping_address_collection: { allowed_countries: ['GB', 'IE'] },
    custom_text: { shipping_address: { message: 'No post boxes.' } },
  });
  const { text } = await visit(session.url!);
  expect(text).toContain('No post boxes.');
  expect(text).toContain('<option>IE</option>');
  const abroad = await pay({ ...entered('shipping'), shipping_country: 'US' });
  expect(abroad).toMatchObject({ status: 402, text: expect.stringContaining('does not ship to US') });
  expect((await pay({ ...entered('shipping'), shipping_name: 'Grace' })).status).toBe(303);
  expect(await current()).toMatchObject({
    collected_information: { shipping_details: { name: 'Grace', address: HOME } },
    payment_intent: { shipping: { name: 'Grace', address: HOME } },
  });
});

test('saves what it collects for a customer, as `customer_update` says', async () => {
  const { stripe } = await openBench();
  const { id: customer } = await stripe.customers.create();
  const session = await stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: 'https://shop.example/thanks',
    line_items: [{ price_data: MUG, quantity: 1 }],
    customer,
    customer_update: { address: 'auto', shipping: 'auto' },
    billing_address_collection: 'required',
    shipping_address_collection: { allowed_countries: ['GB'] },
  });
  await visit(session.url!, { ...CARD, ...entered('billing'), ...entered('shipping') });
  expect(await stripe.customers.retrieve(customer)).toMatchObject({
    name: null,
    address: HOME,
    shipping: { name: 'Ada', address: HOME },
  });
});

test('collects names', async () => {
  const { pay, current } = await open({
    name_collection: { business: { enabled: true, optional: true }, individual: { enabled: true } },
  });
  await pay({ individual_name: 'Ada Lovelace' });
  expect(await current()).toMatchObject({
    customer_details: { business_name: null, individual_name: 'Ada Lovelace' },
    collected_information: { business_name: null, individual_name: 'Ada Lovelace', shipping_details: null },
    name_collection: { business: { enabled: true, optional: true }, individual: { optional: false } },
  });
});

// https://docs.stripe.com/payments/checkout/custom-fields.
test('collects custom fields', async () => {
  const label = (custom: string) => ({ custom, type: 'custom' as const });
  const options = [
    { label: 'Small', value: 's' },
    { label: 'Large', value: 'l' },
  ];
  const { session, pay, current } = await open({
    custom_fields: [
      { key: 'engraving', label: label('Engraving'), type: 'text', text: { maximum_length: 5 } },
      { key: 'size', label: label('Size'), type: 'dropdown', dropdown: { options } },
      { key: 'badge', label: label('Badge'), type: 'numeric', optional: true },
    ],
  });
  expect((await visit(session.url!)).text).toContain('Engraving');
  for (const [field, value] of [
    ['engraving', 'too long'],
    ['size', 'm'],
    ['badge', 'x'],
  ]) {
    expect((await pay({ [`field_${field}`]: value! })).status).toBe(402);
  }
  await pay({ field_engraving: 'Ada', field_size: 'l' });
  expect((await current()).custom_fields).toMatchObject([
    { key: 'engraving', optional: false, type: 'text', text: { maximum_length: 5, value: 'Ada' } },
    { key: 'size', type: 'dropdown', dropdown: { options, value: 'l' } },
    { key: 'badge', optional: true, type: 'numeric', numeric: { value: null } },
  ]);
});

test('asks for consent', async () => {
  const { session, pay, current } = await open({
    consent_collection: { promotions: 'auto', terms_of_service: 'required' },
    custom_text: {
      after_submit: { message: 'See you.' },
      submit: { message: 'We ship on Mondays.' },
      terms_of_service_acceptance: { message: 'I accept the rules.' },
    },
  });
  const { text } = await visit(session.url!);
  expect(text).toContain('We ship on Mondays.');
  expect(text).toContain('See you.');
  expect(text).toContain('I accept the rules.');
  await pay({ promotions: 'yes', terms_of_service: 'yes' });
  expect(await current()).toMatchObject({
    consent: { promotions: 'opt_in', terms_of_service: 'accepted' },
    consent_collection: { payment_method_reuse_agreement: null },
  });
});

// https://docs.stripe.com/payments/checkout/receipts#paid-invoices.
test('creates the invoice of a payment', async () => {
  const { stripe, session, pay, current } = await open({
    invoice_creation: {
      enabled: true,
      invoice_data: { description: 'Two mugs', metadata: { order: '7' }, footer: 'Thank you' },
    },
  });
  expect(session.invoice_creation).toMatchObject({
    enabled: true,
    invoice_data: { description: 'Two mugs', metadata: { order: '7' } },
  });
  await pay();
  const { invoice, customer, payment_intent } = await current();
  expect(await stripe.invoices.retrieve(invoice as string, { expand: ['payments'] })).toMatchObject({
    status: 'paid',
    billing_reason: 'manual',
    customer: customer as string,
    description: 'Two mugs',
    footer: 'Thank you',
    metadata: { order: '7' },
    total: 1800,
    amount_paid: 1800,
    lines: { data: [{ description: 'Mug', quantity: 2, amount: 1800 }] },
    payments: {
      data: [{ status: 'paid', payment: { payment_intent: (payment_intent as Stripe.PaymentIntent).id } }],
    },
  });
  const types = (await stripe.events.list({ limit: 100 })).data.map(({ type }) => type);
  expect(types).toContain('invoice.paid');
});

test('a card number is enough to pay', async () => {
  const { pay, current } = await open({
    billing_address_collection: 'required',
    phone_number_collection: { enabled: true },
    shipping_address_collection: { allowed_countries: ['FR'] },
    consent_collection: { terms_of_service: 'required' },
    name_collection: { business: { enabled: true } },
    custom_fields: [{ key: 'pin', label: { custom: 'PIN', type: 'custom' }, type: 'numeric' }],
  });
  expect((await pay()).status).toBe(303);
  expect(await current()).toMatchObject({
    collected_information: { shipping_details: { address: { country: 'FR' } } },
    custom_fields: [{ numeric: { value: '1' } }],
  });
});

test('asks for 3D Secure, and names its button, as its parameters say', async () => {
  const { session, pay } = await open({
    submit_type: 'donate',
    payment_method_options: { card: { request_three_d_secure: 'any' } },
  });
  expect((await visit(session.url!)).text).toContain('Donate $18.00');
  expect((await pay({ number: '4000000000003055' })).location).toContain('/3ds/');
});

test('refuses fields that do not go together', async () => {
  const refusal = (params: Partial<Create>) => failureOf(open(params));
  const label = { custom: 'A', type: 'custom' as const };
  const text = (key: string) => ({ key, label, type: 'text' as const });
  for (const [params, param] of [
    [{ custom_fields: [text('a-b')] }, 'custom_fields[0][key]'],
    [{ custom_fields: [text('a'), text('a')] }, 'custom_fields[1][key]'],
    [{ custom_fields: ['a', 'b', 'c', 'd'].map(text) }, 'custom_fields'],
    [{ custom_fields: [{ ...text('a'), numeric: { maximum_length: 3 } }] }, 'custom_fields[0][numeric]'],
    [{ custom_fields: [{ key: 'a', label, type: 'dropdown' }] }, 'custom_fields[0][dropdown]'],
    [
      { mode: 'setup', currency: 'usd', line_items: undefined, invoice_creation: { enabled: true } },
      'invoice_creation',
    ],
  ] as [Partial<Create>, string][]) {
    expect(await refusal(params)).toMatchObject({ statusCode: 400, param });
  }
});
