import { expect, test } from 'vitest';
import { openClub, priceOf } from './club.js';
import { failureOf } from './support.js';

// https://docs.stripe.com/api/subscriptions/create#create_subscription-payment_settings
test('payment settings are kept, changed one by one, and passed to invoices', async () => {
  const { stripe, subscribe, invoices } = await openClub();
  const { id, payment_settings } = await subscribe({
    payment_settings: { payment_method_types: ['card'], save_default_payment_method: 'on_subscription' },
  });
  expect(payment_settings).toEqual({
    payment_method_options: null,
    payment_method_types: ['card'],
    save_default_payment_method: 'on_subscription',
  });
  expect(await invoices(id)).toMatchObject([{ payment_settings: { payment_method_types: ['card'] } }]);
  const off = { save_default_payment_method: 'off' } as const;
  expect((await stripe.subscriptions.update(id, { payment_settings: off })).payment_settings).toMatchObject({
    payment_method_types: ['card'],
    save_default_payment_method: 'off',
  });
  const unset = await stripe.subscriptions.update(id, { payment_settings: { payment_method_types: '' } });
  expect(unset.payment_settings).toMatchObject({ payment_method_types: null });
});

test('a payment saves its card only if the settings say so at that time', async () => {
  const { stripe, subscribe, card } = await openClub();
  const incomplete = await subscribe({
    payment_behavior: 'default_incomplete',
    expand: ['latest_invoice.payments'],
  });
  await stripe.subscriptions.update(incomplete.id, {
    payment_settings: { save_default_payment_method: 'on_subscription' },
  });
  const { payments } = incomplete.latest_invoice as { payments: { data: object[] } };
  const [{ payment }] = payments.data as [{ payment: { payment_intent: string } }];
  await stripe.paymentIntents.confirm(payment.payment_intent, {
    payment_method: card,
    return_url: 'https://example.com',
  });
  const paid = await stripe.subscriptions.retrieve(incomplete.id);
  expect(paid).toMatchObject({ status: 'active', default_payment_method: card });
});

test('the account takes no other payment methods than cards', async () => {
  const { subscribe } = await openClub();
  const payment_settings = { payment_method_types: ['us_bank_account' as const] };
  expect(await failureOf(subscribe({ payment_settings }))).toMatchObject({
    statusCode: 400,
    param: 'payment_settings[payment_method_types][0]',
  });
});

// Plans are prices: https://docs.stripe.com/api/plans
test('an item may name its price as a plan', async () => {
  const { stripe, subscribe, price } = await openClub();
  const item = { plan: price.id, quantity: 2 };
  const { id, items } = await subscribe({ items: [item] });
  expect(items.data).toMatchObject([{ plan: { id: price.id }, price: { id: price.id }, quantity: 2 }]);
  const other = await priceOf(stripe, 2000);
  const change = { id: items.data[0]!.id, plan: other.id };
  expect((await stripe.subscriptions.update(id, { items: [change] })).items.data).toMatchObject([
    { id: items.data[0]!.id, price: { id: other.id }, quantity: 2 },
  ]);
  const third = await priceOf(stripe, 3000);
  const byItem = await stripe.subscriptionItems.update(items.data[0]!.id, { plan: third.id });
  expect(byItem.price.id).toBe(third.id);
  expect(await failureOf(subscribe({ items: [{ plan: 'gold' }] }))).toMatchObject({
    statusCode: 400,
    param: 'items[0][plan]',
  });
});
