import { expect, test } from 'vitest';
import { at, openClub, HOUR_MS } from './club.js';
import { failureOf } from './support.js';

/** A club whose customer has no card. */
async function openWithoutCard() {
  const club = await openClub();
  await club.stripe.paymentMethods.detach(club.card);
  return club;
}

// https://docs.stripe.com/billing/subscriptions/trials/free-trials#create-free-trials-without-payment
test('a trial that ends without a payment method cancels or pauses as its settings say', async () => {
  const { stripe, subscribe, wait, invoices } = await openWithoutCard();
  const trial = (missing_payment_method: 'cancel' | 'pause') =>
    subscribe({ trial_period_days: 7, trial_settings: { end_behavior: { missing_payment_method } } });
  const [canceled, paused] = [await trial('cancel'), await trial('pause')];
  expect(paused.trial_settings?.end_behavior.missing_payment_method).toBe('pause');
  wait(8);
  expect((await stripe.subscriptions.retrieve(canceled.id)).status).toBe('canceled');
  expect((await stripe.subscriptions.retrieve(paused.id)).status).toBe('paused');
  const events = await stripe.events.list({ type: 'customer.subscription.paused' });
  expect(events.data).toMatchObject([{ data: { object: { id: paused.id, status: 'paused' } } }]);
  wait(60);
  // Only the free invoice of the trial.
  expect(await invoices(paused.id)).toMatchObject([{ total: 0 }]);
});

// The fixture of `stripe trigger customer.subscription.paused` ends the trial like this.
test('a trial that is ended without a payment method cancels or pauses as its settings say', async () => {
  const { stripe, subscribe, invoices } = await openWithoutCard();
  const endTrial = async (missing_payment_method: 'cancel' | 'create_invoice' | 'pause') => {
    const trial_settings = { end_behavior: { missing_payment_method } };
    const { id } = await subscribe({ trial_period_days: 7, trial_settings });
    return stripe.subscriptions.update(id, { trial_end: 'now' });
  };
  const [canceled, paused, billed] = [
    await endTrial('cancel'),
    await endTrial('pause'),
    await endTrial('create_invoice'),
  ];
  expect([canceled.status, paused.status]).toEqual(['canceled', 'paused']);
  expect(paused.trial_end).toBe(at('2026-11-01'));
  const events = await stripe.events.list({ type: 'customer.subscription.paused' });
  expect(events.data).toMatchObject([{ data: { object: { id: paused.id, status: 'paused' } } }]);
  expect(await invoices(paused.id)).toMatchObject([{ total: 0 }]);
  expect(await invoices(billed.id)).toMatchObject([{ total: 1000, status: 'open' }, { total: 0 }]);
});

test('a trial that is ended with a payment method in the same request is billed', async () => {
  const { stripe, customer, subscribe } = await openWithoutCard();
  const trial_settings = { end_behavior: { missing_payment_method: 'pause' as const } };
  const { id } = await subscribe({ trial_period_days: 7, trial_settings });
  const { id: default_payment_method } = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  const ended = await stripe.subscriptions.update(id, { trial_end: 'now', default_payment_method });
  expect(ended.status).toBe('active');
});

test('a paused subscription is resumed when its invoice is paid', async () => {
  const { stripe, customer, subscribe, wait } = await openWithoutCard();
  const { id } = await subscribe({
    trial_period_days: 7,
    trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
  });
  expect(await failureOf(stripe.subscriptions.resume(id))).toMatchObject({ statusCode: 400 });
  wait(10);
  expect((await stripe.subscriptions.resume(id)).status).toBe('paused');
  const card = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  const { latest_invoice } = await stripe.subscriptions.retrieve(id);
  await stripe.invoices.pay(latest_invoice as string, { payment_method: card.id });
  const resumed = await stripe.subscriptions.retrieve(id);
  expect(resumed).toMatchObject({ status: 'active', billing_cycle_anchor: at('2026-11-11') });
  const events = await stripe.events.list({ type: 'customer.subscription.resumed' });
  expect(events.data).toHaveLength(1);
});

test('a trial may come from the price', async () => {
  const { stripe, customer } = await openClub();
  const price = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 1000,
    recurring: { interval: 'month', trial_period_days: 14 },
    product_data: { name: 'Plan' },
  });
  const items = [{ price: price.id }];
  const { trial_end } = await stripe.subscriptions.create({ customer, items, trial_from_plan: true });
  expect(trial_end).toBe(at('2026-11-15'));
  expect((await stripe.subscriptions.create({ customer, items })).trial_end).toBeNull();
});

// https://docs.stripe.com/billing/collection-method
test('an invoice that is sent is a draft for an hour, and makes its subscription past due', async () => {
  const { stripe, subscribe, invoices, clock, wait } = await openWithoutCard();
  const undated = subscribe({ collection_method: 'send_invoice' });
  expect(await failureOf(undated)).toMatchObject({ statusCode: 400, param: 'days_until_due' });
  const { id, status } = await subscribe({ collection_method: 'send_invoice', days_until_due: 5 });
  expect(status).toBe('active');
  expect(await invoices(id)).toMatchObject([
    { collection_method: 'send_invoice', due_date: at('2026-11-06'), status: 'draft' },
  ]);
  clock.advanceMs(HOUR_MS);
  expect(await invoices(id)).toMatchObject([{ attempt_count: 0, status: 'open' }]);
  expect((await stripe.events.list({ type: 'invoice.sent' })).data).toHaveLength(1);
  wait(6);
  expect((await stripe.subscriptions.retrieve(id)).status).toBe('past_due');
  const [sent] = await invoices(id);
  await stripe.invoices.pay(sent!.id, { paid_out_of_band: true });
  expect((await stripe.subscriptions.retrieve(id)).status).toBe('active');
  const charged = await stripe.subscriptions.update(id, { collection_method: 'charge_automatically' });
  expect(charged).toMatchObject({ collection_method: 'charge_automatically', days_until_due: null });
});

// https://docs.stripe.com/api/subscriptions/create#create_subscription-invoice_settings
test('invoice settings are on each invoice, and can change', async () => {
  const { stripe, subscribe, invoices, wait } = await openClub();
  const { id: taxId } = await stripe.taxIds.create({ type: 'us_ein', value: '12-3456789' });
  const { id } = await subscribe({
    automatic_tax: { enabled: false },
    invoice_settings: {
      account_tax_ids: [taxId],
      custom_fields: [{ name: 'Order', value: '17' }],
      description: 'Thank you',
      footer: 'Footer',
      issuer: { type: 'self' },
    },
  });
  await stripe.subscriptions.update(id, { invoice_settings: { footer: 'Other' } });
  wait(31);
  const [renewal, first] = await invoices(id);
  const shown = {
    account_tax_ids: [taxId],
    custom_fields: [{ name: 'Order', value: '17' }],
    description: 'Thank you',
  };
  expect(first).toMatchObject({ ...shown, footer: 'Footer' });
  expect(renewal).toMatchObject({ ...shown, footer: 'Other' });
});

// https://docs.stripe.com/api/subscriptions/create#create_subscription-add_invoice_items
test('items that are sold once are on the first or the next invoice', async () => {
  const { stripe, price, subscribe, invoices, wait } = await openClub();
  const setup = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 500,
    product_data: { name: 'Setup' },
  });
  const { id } = await subscribe({
    add_invoice_items: [{ price: setup.id, quantity: 2, metadata: { kind: 'setup' } }],
  });
  const price_data = { currency: 'usd', product: setup.product as string, unit_amount: 300 };
  await stripe.subscriptions.update(id, { add_invoice_items: [{ price_data }] });
  wait(31);
  expect(await invoices(id)).toMatchObject([{ total: 1300 }, { total: 2000, status: 'paid' }]);
  const [, first] = await invoices(id);
  const line = first!.lines.data.find(({ description }) => description === 'Setup');
  expect(line).toMatchObject({ amount: 1000, quantity: 2, metadata: { kind: 'setup' } });
  expect(await failureOf(subscribe({ add_invoice_items: [{ price: price.id }] }))).toMatchObject({
    statusCode: 400,
    param: 'add_invoice_items[0][price]',
  });
});

// https://docs.stripe.com/billing/subscriptions/billing-cycle#new-subscriptions
test('the anchor may be a day of the month', async () => {
  const { subscribe } = await openClub();
  const { billing_cycle_anchor, billing_cycle_anchor_config, items } = await subscribe({
    billing_cycle_anchor_config: { day_of_month: 16, hour: 0, minute: 0, second: 0 },
  });
  expect(billing_cycle_anchor).toBe(at('2026-11-16'));
  expect(billing_cycle_anchor_config).toMatchObject({ day_of_month: 16, hour: 0, month: null });
  expect(items.data[0]!.current_period_end).toBe(at('2026-11-16'));
  const january = { day_of_month: 1, month: 1 };
  expect(await failureOf(subscribe({ billing_cycle_anchor_config: january }))).toMatchObject({
    statusCode: 400,
    param: 'billing_cycle_anchor_config',
  });
});

test('the default source pays, and the currency must be that of the prices', async () => {
  const { stripe, subscribe, customer } = await openClub();
  const source = await stripe.customers.createSource(customer, { source: 'tok_mastercard' });
  const { id } = await subscribe({ currency: 'usd', default_source: source.id });
  const { data } = await stripe.charges.list({ customer });
  expect(data[0]!.payment_method).toBe(source.id);
  const unset = await stripe.subscriptions.update(id, { default_source: '' });
  expect(unset.default_source).toBeNull();
  expect(await failureOf(subscribe({ currency: 'eur' }))).toMatchObject({
    statusCode: 400,
    param: 'currency',
  });
});
