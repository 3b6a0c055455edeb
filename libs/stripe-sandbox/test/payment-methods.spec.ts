import { describe, expect } from 'vitest';
import { testCards } from '../nouns/payment-methods/test-cards.js';
import { passesLuhn } from '../nouns/payment-methods/card-details.js';
import { openShop } from './payments.js';
import { failureOf, test } from './support.js';

const typed = (number: string, rest: object = {}) => ({
  type: 'card' as const,
  card: { number, exp_month: 12, exp_year: 2034, cvc: '123', ...rest },
});

test('a card by number, by token and by magic id is the same card', async ({ stripe }) => {
  const byNumber = await stripe.paymentMethods.create(typed('4242424242424242'));
  const byToken = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
  const customer = await stripe.customers.create();
  const byName = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
  for (const { card } of [byNumber, byToken, byName]) {
    expect(card).toMatchObject({ brand: 'visa', last4: '4242', funding: 'credit', country: 'US' });
    expect(card?.fingerprint).toBe(byNumber.card?.fingerprint);
  }
  expect(byNumber).toMatchObject({
    id: expect.stringMatching(/^pm_1[A-Za-z0-9]{23}$/),
    allow_redisplay: 'unspecified',
    customer: null,
    type: 'card',
    card: { exp_month: 12, exp_year: 2034, checks: { cvc_check: 'unchecked', address_line1_check: null } },
  });
});

describe('invalid data is a card error', () => {
  test.for([
    ['4242424242424241', {}, 'incorrect_number', 'number'],
    ['4242424242424242', { exp_month: 13 }, 'invalid_expiry_month', 'exp_month'],
    ['4242424242424242', { exp_year: 1999 }, 'invalid_expiry_year', 'exp_year'],
    ['4242424242424242', { cvc: '99' }, 'invalid_cvc', 'cvc'],
  ] as const)('%s %o', async ([number, rest, code, param], { stripe }) => {
    const failure = await failureOf(stripe.paymentMethods.create(typed(number, rest)));
    expect(failure).toMatchObject({ statusCode: 402, type: 'StripeCardError', code, param });
  });
});

test('an unknown token or payment method is resource_missing', async ({ stripe }) => {
  const unknownToken = stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_nothing' } });
  expect(await failureOf(unknownToken)).toMatchObject({ statusCode: 400, code: 'resource_missing' });
  expect(await failureOf(stripe.paymentMethods.retrieve('pm_card_nothing'))).toMatchObject({
    statusCode: 404,
    code: 'resource_missing',
    param: 'payment_method',
    message: "No such PaymentMethod: 'pm_card_nothing'",
  });
});

test('can be attached to one customer only, and is listed newest first', async ({ stripe }) => {
  const [one, other] = [await stripe.customers.create(), await stripe.customers.create()];
  const visa = await stripe.paymentMethods.attach('pm_card_visa', { customer: one.id });
  const amex = await stripe.paymentMethods.attach('pm_card_amex', { customer: one.id });
  await stripe.paymentMethods.attach('pm_card_mastercard', { customer: other.id });
  const listed = [
    await stripe.customers.listPaymentMethods(one.id),
    await stripe.paymentMethods.list({ customer: one.id, type: 'card' }),
  ];
  for (const { data } of listed) expect(data.map(({ id }) => id)).toEqual([amex.id, visa.id]);
  expect(await failureOf(stripe.paymentMethods.attach(visa.id, { customer: other.id }))).toMatchObject({
    statusCode: 400,
    message: 'The payment method you provided has already been attached to a customer.',
  });
  expect(await stripe.customers.retrievePaymentMethod(one.id, visa.id)).toEqual(visa);
  expect(await failureOf(stripe.customers.retrievePaymentMethod(other.id, visa.id))).toMatchObject({
    statusCode: 404,
  });
});

test('a detached payment method cannot be used again, and is no longer the default', async ({ stripe }) => {
  const customer = await stripe.customers.create({ payment_method: 'pm_card_visa' });
  const [attached] = (await stripe.customers.listPaymentMethods(customer.id)).data;
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: attached!.id } });
  expect((await stripe.paymentMethods.detach(attached!.id)).customer).toBeNull();
  expect(await stripe.customers.retrieve(customer.id)).toMatchObject({
    invoice_settings: { default_payment_method: null },
  });
  const again = await failureOf(stripe.paymentMethods.attach(attached!.id, { customer: customer.id }));
  expect(again).toMatchObject({ statusCode: 400, message: expect.stringContaining('may not be used again') });
});

test.for(testCards.filter(({ decline, canAttach, names }) => decline && !canAttach && names.length > 0))(
  '$number cannot be attached to a customer',
  async ({ names, decline }, { stripe }) => {
    const { id: customer } = await stripe.customers.create();
    const failure = await failureOf(stripe.paymentMethods.attach(`pm_card_${names[0]}`, { customer }));
    expect(failure).toMatchObject({
      statusCode: 402,
      type: 'StripeCardError',
      code: decline!.code,
      decline_code: decline!.decline_code,
    });
    expect((await stripe.customers.listPaymentMethods(customer)).data).toEqual([]);
  },
);

test('a payment method that cannot be attached creates no customer', async ({ stripe }) => {
  const failure = await failureOf(stripe.customers.create({ payment_method: 'pm_card_chargeDeclined' }));
  expect(failure).toMatchObject({ statusCode: 402, code: 'card_declined' });
  expect((await stripe.customers.list()).data).toEqual([]);
});

test('updates expiry dates and billing details of an attached payment method', async ({ stripe }) => {
  const { id } = await stripe.paymentMethods.create(typed('5555555555554444'));
  expect(await failureOf(stripe.paymentMethods.update(id, { metadata: { a: '1' } }))).toMatchObject({
    statusCode: 400,
  });
  const customer = await stripe.customers.create();
  await stripe.paymentMethods.attach(id, { customer: customer.id });
  const updated = await stripe.paymentMethods.update(id, {
    card: { exp_month: 1, exp_year: 2036 },
    billing_details: { name: 'Ada', address: { country: 'GB' } },
  });
  expect(updated).toMatchObject({
    card: { brand: 'mastercard', exp_month: 1, exp_year: 2036 },
    billing_details: { name: 'Ada', email: null, address: { country: 'GB', city: null } },
  });
});

// https://docs.stripe.com/api/payment_methods/create#create_payment_method-type
test('a payment method requires a type', async ({ stripe }) => {
  const card = { token: 'tok_visa' };
  const failure = await failureOf(stripe.paymentMethods.create({ card }));
  expect(failure).toMatchObject({ statusCode: 400, code: 'parameter_missing', param: 'type' });
});

test('an update refuses an expired date and an invalid email address', async () => {
  const { stripe, card } = await openShop();
  const expired = failureOf(stripe.paymentMethods.update(card.id, { card: { exp_year: 2020 } }));
  expect(await expired).toMatchObject({ statusCode: 402, code: 'invalid_expiry_year', param: 'exp_year' });
  const unreachable = failureOf(stripe.paymentMethods.update(card.id, { billing_details: { email: 'ada' } }));
  expect(await unreachable).toMatchObject({ code: 'email_invalid', param: 'billing_details[email]' });
});

test('every test card number passes the Luhn check, and every name is unique', () => {
  for (const { number } of testCards) expect([number, passesLuhn(number)]).toEqual([number, true]);
  const names = testCards.flatMap((card) => card.names);
  expect(new Set(names).size).toBe(names.length);
  expect(new Set(testCards.map(({ number }) => number)).size).toBe(testCards.length);
});
