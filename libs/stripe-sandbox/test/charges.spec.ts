import { expect, test } from 'vitest';
import { CARD_ONLY, openShop } from './payments.js';
import { failureOf } from './support.js';

// https://docs.stripe.com/api/charges/object
test('a charge has all details of its card', async () => {
  const { stripe, pay, card, sandbox } = await openShop();
  await stripe.paymentMethods.update(card.id, { billing_details: { name: 'Ada', email: 'ada@example.com' } });
  const { latest_charge } = await pay(1000);
  const charge = await stripe.charges.retrieve(latest_charge as string);
  expect(charge).toMatchObject({
    amount_refunded: 0,
    billing_details: { name: 'Ada', email: 'ada@example.com', phone: null },
    disputed: false,
    failure_code: null,
    livemode: false,
    outcome: {
      network_status: 'approved_by_network',
      risk_level: 'normal',
      risk_score: expect.any(Number),
      seller_message: 'Payment complete.',
      type: 'authorized',
    },
    payment_method: card.id,
    payment_method_details: {
      type: 'card',
      card: {
        amount_authorized: 1000,
        authorization_code: expect.stringMatching(/^\d{6}$/),
        brand: 'visa',
        checks: { cvc_check: 'pass' },
        country: 'US',
        fingerprint: card.card!.fingerprint,
        funding: 'credit',
        last4: '4242',
        network: 'visa',
        network_transaction_id: expect.stringMatching(/^\d{15}$/),
        three_d_secure: null,
        wallet: null,
      },
    },
    receipt_url: `${sandbox.url}/receipts/payment/${charge.id}`,
    refunded: false,
  });
  expect(charge).not.toHaveProperty('refunds');
});

test('lists are filtered by customer, intent and time', async () => {
  const { stripe, clock, pay, customer } = await openShop();
  const first = await pay(1000);
  clock.advanceMs(60_000);
  const second = await pay(2000);
  const other = await stripe.customers.create({ payment_method: 'pm_card_visa' });
  const amounts = async (params: Parameters<typeof stripe.charges.list>[0]) =>
    (await stripe.charges.list(params)).data.map(({ amount }) => amount);
  expect(await amounts({ customer: customer.id })).toEqual([2000, 1000]);
  expect(await amounts({ payment_intent: first.id })).toEqual([1000]);
  expect(await amounts({ created: { gte: second.created } })).toEqual([2000]);
  expect(await amounts({ created: { lt: second.created } })).toEqual([1000]);
  expect(await amounts({ customer: other.id })).toEqual([]);
  expect(await failureOf(stripe.charges.list({ customer: 'cus_nothing' }))).toMatchObject({
    statusCode: 400,
    code: 'resource_missing',
    param: 'customer',
  });
});

test('starting_after and ending_before exclude the cursor', async () => {
  const { stripe, pay, customer } = await openShop();
  for (const amount of [1000, 2000, 3000]) await pay(amount);
  const all = (await stripe.charges.list({ customer: customer.id })).data;
  const next = await stripe.charges.list({ customer: customer.id, limit: 1, starting_after: all[0]!.id });
  expect(next).toMatchObject({ data: [{ amount: 2000 }], has_more: true, url: '/v1/charges' });
  const back = await stripe.charges.list({ customer: customer.id, limit: 1, ending_before: all[1]!.id });
  expect(back).toMatchObject({ data: [{ amount: 3000 }], has_more: false });
});

test('updates the description, and merges metadata', async () => {
  const { stripe, pay, events } = await openShop();
  const { latest_charge } = await pay(1000, { metadata: { a: '1' } });
  const updated = await stripe.charges.update(latest_charge as string, {
    description: 'Two books',
    metadata: { b: '2' },
  });
  expect(updated).toMatchObject({ description: 'Two books', metadata: { a: '1', b: '2' } });
  expect(events().at(-1)).toBe('charge.updated');
});

// https://docs.stripe.com/api/charges/update#update_charge-customer
test('a charge without a customer can get one', async () => {
  const { stripe } = await openShop();
  const [ada, eve] = [await stripe.customers.create(), await stripe.customers.create()];
  const paid = { ...CARD_ONLY, amount: 1000, payment_method: 'pm_card_visa', confirm: true };
  const { latest_charge } = await stripe.paymentIntents.create(paid);
  const give = (customer: string) => stripe.charges.update(latest_charge as string, { customer });
  expect(await failureOf(give('cus_nobody'))).toMatchObject({ code: 'resource_missing', param: 'customer' });
  expect((await give(ada.id)).customer).toBe(ada.id);
  expect(await failureOf(give(eve.id))).toMatchObject({ statusCode: 400, param: 'customer' });
  expect((await stripe.charges.list({ customer: ada.id })).data).toHaveLength(1);
});
