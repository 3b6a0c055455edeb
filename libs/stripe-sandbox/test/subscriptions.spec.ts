import type { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import type { AccountSettings } from '../store/store.js';
import { failureOf, openBench } from './support.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const at = (text: string): number => Date.parse(`${text}T00:00:00Z`) / 1000;

/** A customer with a card, and a price of $10 a month. */
async function openClub(card = 'pm_card_visa', settings: Partial<AccountSettings> = {}) {
  const bench = await openBench({ settings });
  const { stripe, clock } = bench;
  const { id: customer } = await stripe.customers.create({ email: 'ada@example.com' });
  const paymentMethod = await stripe.paymentMethods.attach(card, { customer });
  const invoice_settings = { default_payment_method: paymentMethod.id };
  await stripe.customers.update(customer, { invoice_settings });
  const price = await priceOf(stripe, 1000);
  const subscribe = (params: Partial<Stripe.SubscriptionCreateParams> = {}) =>
    stripe.subscriptions.create({ customer, items: [{ price: price.id }], ...params });
  const invoices = async (subscription: string) =>
    (await stripe.invoices.list({ subscription, expand: ['data.payments'] })).data;
  const wait = (days: number): void => clock.advanceMs(days * DAY_MS);
  return { ...bench, customer, card: paymentMethod.id, price, subscribe, invoices, wait };
}

function priceOf(stripe: Stripe, unit_amount: number, recurring = { interval: 'month' }) {
  return stripe.prices.create({
    currency: 'usd',
    unit_amount,
    recurring,
    product_data: { name: `Plan ${unit_amount}` },
  });
}

// Source: https://docs.stripe.com/api/subscriptions/object; periods on the items since basil.
test('a subscription with a card is paid at once and active', async () => {
  const { subscribe, customer, price } = await openClub();
  const subscription = await subscribe({
    metadata: { a: '1' },
    expand: ['latest_invoice.payments.data.payment'],
  });
  expect(subscription).toMatchObject({
    id: expect.stringMatching(/^sub_1/),
    object: 'subscription',
    billing_cycle_anchor: at('2026-11-01'),
    billing_mode: { type: 'flexible' },
    cancel_at: null,
    cancel_at_period_end: false,
    collection_method: 'charge_automatically',
    customer,
    items: {
      object: 'list',
      data: [
        {
          id: expect.stringMatching(/^si_/),
          current_period_start: at('2026-11-01'),
          current_period_end: at('2026-12-01'),
          plan: { id: price.id, object: 'plan', amount: 1000, interval: 'month' },
          price: { id: price.id },
          quantity: 1,
        },
      ],
    },
    latest_invoice: {
      amount_due: 1000,
      amount_paid: 1000,
      amount_remaining: 0,
      attempt_count: 1,
      billing_reason: 'subscription_create',
      number: expect.stringMatching(/^[A-Z0-9]{8}-0001$/),
      parent: {
        type: 'subscription_details',
        subscription_details: { subscription: subscription.id, metadata: { a: '1' } },
      },
      payments: {
        data: [
          {
            amount_paid: 1000,
            is_default: true,
            payment: { type: 'payment_intent', payment_intent: expect.stringMatching(/^pi_3/) },
            status: 'paid',
          },
        ],
      },
      status: 'paid',
    },
    status: 'active',
  });
  const [line] = (subscription.latest_invoice as Stripe.Invoice).lines.data;
  expect(line).toMatchObject({
    amount: 1000,
    description: '1 × Plan 1000 (at $10.00 / month)',
    parent: { type: 'subscription_item_details', subscription_item_details: { proration: false } },
    period: { start: at('2026-11-01'), end: at('2026-12-01') },
    pricing: { price_details: { price: price.id } },
  });
});

test('without anything to pay with it is refused, and leaves nothing', async () => {
  const { stripe, price } = await openClub();
  const { id: customer } = await stripe.customers.create({});
  const failure = await failureOf(stripe.subscriptions.create({ customer, items: [{ price: price.id }] }));
  expect(failure).toMatchObject({ statusCode: 400, code: 'resource_missing' });
  expect(failure.message).toMatch(/^This customer has no attached payment source or default payment method/);
  expect((await stripe.subscriptions.list({ customer, status: 'all' })).data).toEqual([]);
});

// Source: https://docs.stripe.com/billing/subscriptions/overview#payment-behavior.
test('default_incomplete waits for its payment intent to be confirmed', async () => {
  const { stripe, subscribe, card, customer } = await openClub();
  const subscription = await subscribe({
    payment_behavior: 'default_incomplete',
    expand: ['latest_invoice.confirmation_secret'],
  });
  expect(subscription.status).toBe('incomplete');
  const secret = (subscription.latest_invoice as Stripe.Invoice).confirmation_secret;
  expect(secret).toMatchObject({ type: 'payment_intent' });
  const intent = secret!.client_secret.split('_secret_')[0]!;
  await stripe.paymentIntents.confirm(intent, { payment_method: card });
  expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('active');
  const found = await stripe.invoicePayments.list({
    payment: { type: 'payment_intent', payment_intent: intent },
  });
  expect(found.data).toMatchObject([{ status: 'paid', payment: { payment_intent: intent } }]);
  expect((await stripe.subscriptions.list({ customer })).data).toHaveLength(1);
});

test('a declined first payment leaves it incomplete, for 23 hours', async () => {
  const { stripe, subscribe, clock } = await openClub('pm_card_chargeCustomerFail');
  const subscription = await subscribe({ expand: ['latest_invoice'] });
  expect(subscription).toMatchObject({
    status: 'incomplete',
    latest_invoice: { status: 'open', attempted: true, amount_remaining: 1000 },
  });
  clock.advanceMs(23 * HOUR_MS);
  expect(await stripe.subscriptions.retrieve(subscription.id, { expand: ['latest_invoice'] })).toMatchObject({
    status: 'incomplete_expired',
    latest_invoice: { status: 'void' },
  });
});

test('error_if_incomplete answers 402 and makes nothing', async () => {
  const { stripe, subscribe, customer } = await openClub('pm_card_chargeCustomerFail');
  const failure = await failureOf(subscribe({ payment_behavior: 'error_if_incomplete' }));
  expect(failure).toMatchObject({ statusCode: 402, code: 'card_declined' });
  expect((await stripe.subscriptions.list({ customer, status: 'all' })).data).toEqual([]);
  expect((await stripe.charges.list({ customer })).data).toEqual([]);
});

test('each month an invoice is drafted, and paid an hour later', async () => {
  const { stripe, subscribe, clock, invoices, wait } = await openClub();
  const { id } = await subscribe();
  wait(30);
  const [draft] = await invoices(id);
  expect(draft).toMatchObject({
    status: 'draft',
    billing_reason: 'subscription_cycle',
    created: at('2026-12-01'),
    automatically_finalizes_at: at('2026-12-01') + 3600,
  });
  expect((await stripe.subscriptions.retrieve(id)).items.data[0]).toMatchObject({
    current_period_start: at('2026-12-01'),
    current_period_end: at('2027-01-01'),
  });
  clock.advanceMs(HOUR_MS);
  expect((await invoices(id))[0]).toMatchObject({ status: 'paid', amount_paid: 1000 });
  wait(365);
  expect(await invoices(id)).toHaveLength(10);
  expect((await stripe.invoices.list({ subscription: id, limit: 100 })).data).toHaveLength(14);
});

// Retries stand for Stripe's default settings: https://docs.stripe.com/billing/revenue-recovery/smart-retries.
test('a failed renewal is past due, tried again, and ends the subscription at last', async () => {
  const { stripe, subscribe, customer, invoices, wait } = await openClub();
  const { id } = await subscribe();
  const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
  await stripe.subscriptions.update(id, { default_payment_method: bad.id });
  wait(31);
  expect((await stripe.subscriptions.retrieve(id)).status).toBe('past_due');
  expect((await invoices(id))[0]).toMatchObject({
    status: 'open',
    attempt_count: 1,
    next_payment_attempt: at('2026-12-01') + 3600 + 3 * 86_400,
  });
  wait(4);
  expect((await invoices(id))[0]).toMatchObject({ attempt_count: 2 });
  wait(12);
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
    status: 'canceled',
    cancellation_details: { reason: 'payment_failed' },
  });
});

test('an account may have it marked unpaid instead: further invoices stay drafts', async () => {
  const { stripe, subscribe, customer, invoices, wait } = await openClub('pm_card_visa', {
    afterRetries: 'mark_unpaid',
  });
  const { id } = await subscribe();
  const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
  await stripe.subscriptions.update(id, { default_payment_method: bad.id });
  wait(50);
  expect((await stripe.subscriptions.retrieve(id)).status).toBe('unpaid');
  wait(30);
  expect((await invoices(id))[0]).toMatchObject({ status: 'draft', auto_advance: false });
});

test('a past due subscription is active again once its invoice is paid', async () => {
  const { stripe, subscribe, customer, card, invoices, wait } = await openClub();
  const { id } = await subscribe();
  const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
  await stripe.subscriptions.update(id, { default_payment_method: bad.id });
  wait(31);
  const [invoice] = await invoices(id);
  expect(await failureOf(stripe.invoices.pay(invoice!.id))).toMatchObject({ statusCode: 402 });
  expect((await stripe.invoices.pay(invoice!.id, { payment_method: card })).status).toBe('paid');
  expect((await stripe.subscriptions.retrieve(id)).status).toBe('active');
  expect((await failureOf(stripe.invoices.pay(invoice!.id))).message).toBe('Invoice is already paid');
});

test('canceled now, it ends at once, and is listed only when asked for', async () => {
  const { stripe, subscribe, customer } = await openClub();
  const { id } = await subscribe();
  expect(await stripe.subscriptions.cancel(id)).toMatchObject({
    status: 'canceled',
    canceled_at: at('2026-11-01'),
    ended_at: at('2026-11-01'),
    cancellation_details: { reason: 'cancellation_requested' },
  });
  expect((await stripe.subscriptions.list({ customer })).data).toEqual([]);
  expect((await stripe.subscriptions.list({ customer, status: 'canceled' })).data).toHaveLength(1);
  expect(await failureOf(stripe.subscriptions.cancel(id))).toMatchObject({ code: 'resource_missing' });
  expect((await failureOf(stripe.subscriptions.update(id, { cancel_at_period_end: true }))).message).toBe(
    'A canceled subscription can only update its cancellation_details and metadata.',
  );
});

test('at the end of the period it ends, unless it is resumed before', async () => {
  const { stripe, subscribe, wait } = await openClub();
  const { id } = await subscribe();
  expect(await stripe.subscriptions.update(id, { cancel_at_period_end: true })).toMatchObject({
    status: 'active',
    cancel_at: at('2026-12-01'),
    cancel_at_period_end: true,
    canceled_at: at('2026-11-01'),
  });
  expect(await stripe.subscriptions.update(id, { cancel_at_period_end: false })).toMatchObject({
    cancel_at: null,
    canceled_at: null,
  });
  await stripe.subscriptions.update(id, { cancel_at_period_end: true });
  wait(31);
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
    status: 'canceled',
    ended_at: at('2026-12-01'),
  });
});

// Source: cancel_at of https://docs.stripe.com/api/subscriptions/update.
test('at a given day it ends, and the last period is billed up to it', async () => {
  const { stripe, subscribe, invoices, wait } = await openClub();
  const { id } = await subscribe();
  const cancel_at = at('2026-12-11');
  const updated = await stripe.subscriptions.update(id, { cancel_at, proration_behavior: 'none' });
  expect(updated).toMatchObject({ cancel_at, cancel_at_period_end: false, status: 'active' });
  wait(31);
  expect((await invoices(id))[0]).toMatchObject({ amount_due: 323, status: 'paid' });
  expect((await stripe.subscriptions.retrieve(id)).status).toBe('active');
  wait(10);
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
    status: 'canceled',
    ended_at: cancel_at,
  });
  expect(await failureOf(stripe.subscriptions.update(id, { cancel_at }))).toMatchObject({ statusCode: 400 });
});

test('a last period that goes on after all is billed for the rest of it', async () => {
  const { stripe, subscribe, invoices, wait } = await openClub();
  const { id } = await subscribe();
  await stripe.subscriptions.update(id, { cancel_at: at('2026-12-11'), proration_behavior: 'none' });
  wait(31);
  await stripe.subscriptions.update(id, { cancel_at: '' });
  wait(10);
  expect((await invoices(id))[0]).toMatchObject({ amount_due: 677, status: 'paid' });
  expect((await stripe.subscriptions.retrieve(id)).items.data[0]?.current_period_end).toBe(at('2027-01-01'));
});

// Source: https://docs.stripe.com/billing/subscriptions/prorations; half of a month of 30 days is left.
test('a change of price is prorated on the next invoice, or at once', async () => {
  const { stripe, subscribe, invoices, wait } = await openClub();
  const { id, items } = await subscribe();
  const dear = await priceOf(stripe, 3000);
  wait(15);
  const change = { items: [{ id: items.data[0]!.id, price: dear.id }] };
  const changed = await stripe.subscriptions.update(id, change);
  expect(changed.items.data[0]).toMatchObject({
    id: items.data[0]!.id,
    price: { id: dear.id },
    plan: { amount: 3000 },
    current_period_end: at('2026-12-01'),
  });
  wait(16);
  const [renewal] = await invoices(id);
  expect(renewal?.lines.data.map(({ amount, description }) => [amount, description])).toEqual([
    [-500, 'Unused time on Plan 1000 after 16 Nov 2026'],
    [1500, 'Remaining time on Plan 3000 after 16 Nov 2026'],
    [3000, '1 × Plan 3000 (at $30.00 / month)'],
  ]);
  expect(renewal).toMatchObject({ amount_due: 4000, status: 'paid' });

  const cheaper = await priceOf(stripe, 500);
  const back = [{ id: items.data[0]!.id, price: cheaper.id }];
  await stripe.subscriptions.update(id, { items: back, proration_behavior: 'none' });
  expect(await invoices(id)).toHaveLength(2);
  const up = [{ id: items.data[0]!.id, price: dear.id }];
  await stripe.subscriptions.update(id, { items: up, proration_behavior: 'always_invoice' });
  expect((await invoices(id))[0]).toMatchObject({
    billing_reason: 'subscription_update',
    status: 'paid',
  });
});

test('another interval begins a new cycle, billed at once, with credit for the old one', async () => {
  const { stripe, subscribe, invoices, wait } = await openClub();
  const { id, items } = await subscribe();
  const yearly = await priceOf(stripe, 9000, { interval: 'year' });
  wait(15);
  const changed = await stripe.subscriptions.update(id, {
    items: [{ id: items.data[0]!.id, price: yearly.id }],
  });
  expect(changed).toMatchObject({ billing_cycle_anchor: at('2026-11-16') });
  expect(changed.items.data[0]?.current_period_end).toBe(at('2027-11-16'));
  expect((await invoices(id))[0]).toMatchObject({ amount_due: 8500, status: 'paid' });
});

test('a trial costs nothing until it ends', async () => {
  const { stripe, subscribe, invoices, wait } = await openClub();
  const subscription = await subscribe({ trial_period_days: 7, expand: ['latest_invoice'] });
  expect(subscription).toMatchObject({
    status: 'trialing',
    trial_start: at('2026-11-01'),
    trial_end: at('2026-11-08'),
    billing_cycle_anchor: at('2026-11-08'),
    latest_invoice: { status: 'paid', amount_due: 0 },
  });
  wait(8);
  expect(await stripe.subscriptions.retrieve(subscription.id)).toMatchObject({ status: 'active' });
  expect((await invoices(subscription.id))[0]).toMatchObject({ amount_paid: 1000, status: 'paid' });
});

test('canceling with prorate and invoice_now credits the customer what is unused', async () => {
  const { stripe, subscribe, customer, wait } = await openClub();
  const { id } = await subscribe();
  wait(15);
  await stripe.subscriptions.cancel(id, { prorate: true, invoice_now: true });
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: -500 });
});

test('what does not fit is refused', async () => {
  const { stripe, customer, price, subscribe, card } = await openClub();
  const other = (await stripe.customers.create({})).id;
  const once = await stripe.prices.create({ currency: 'usd', unit_amount: 500, product_data: { name: 'x' } });
  const euros = await stripe.prices.create({
    currency: 'eur',
    unit_amount: 500,
    recurring: { interval: 'month' },
    product_data: { name: 'x' },
  });
  const refusal = (params: Partial<Stripe.SubscriptionCreateParams>) => failureOf(subscribe(params));
  expect(await refusal({ items: [{ price: once.id }] })).toMatchObject({
    param: 'items[0][price]',
    message:
      'The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.',
  });
  expect(await refusal({ items: [{ price: 'price_none' }] })).toMatchObject({ param: 'items[0][price]' });
  expect(await refusal({ customer: 'cus_none' })).toMatchObject({
    code: 'resource_missing',
    param: 'customer',
  });
  expect(await refusal({ customer: other, default_payment_method: card })).toMatchObject({
    param: 'default_payment_method',
  });
  expect((await refusal({ items: [{ price: price.id }, { price: price.id }] })).message).toBe(
    `Cannot add multiple subscription items with the same plan: ${price.id}`,
  );
  await subscribe();
  expect((await refusal({ items: [{ price: euros.id }] })).message).toMatch(
    /^You cannot combine currencies on a single customer\./,
  );
  expect((await stripe.subscriptions.list({ customer })).data).toHaveLength(1);
});

test('each step is told by its events', async () => {
  const { subscribe, sandbox } = await openClub();
  const { id } = await subscribe();
  const types = [...sandbox.store.events.oldestFirst()].map(({ type }) => type);
  expect(types.slice(types.indexOf('customer.subscription.created'))).toEqual([
    'customer.subscription.created',
    'invoice.created',
    'invoice.finalized',
    'payment_intent.created',
    'charge.succeeded',
    'payment_intent.succeeded',
    'invoice_payment.paid',
    'invoice.paid',
    'customer.subscription.updated',
    'invoice.payment_succeeded',
  ]);
  expect(id).toMatch(/^sub_1/);
});

test("a customer's subscriptions end with it", async () => {
  const { stripe, subscribe, customer } = await openClub();
  const { id } = await subscribe();
  await stripe.customers.del(customer);
  expect((await stripe.subscriptions.retrieve(id)).status).toBe('canceled');
});

test('an item is changed by itself, with the same effect', async () => {
  const { stripe, subscribe } = await openClub();
  const { id, items } = await subscribe();
  const { id: item } = items.data[0]!;
  expect((await stripe.subscriptionItems.list({ subscription: id })).data).toEqual(items.data);
  expect(await stripe.subscriptionItems.update(item, { quantity: 3 })).toMatchObject({ quantity: 3 });
  expect((await stripe.subscriptionItems.retrieve(item)).quantity).toBe(3);
  const more = await priceOf(stripe, 200);
  const added = await stripe.subscriptionItems.create({ subscription: id, price: more.id });
  expect(added).toMatchObject({ price: { id: more.id }, subscription: id });
  expect(await stripe.subscriptionItems.del(added.id)).toMatchObject({ deleted: true });
  expect(await failureOf(stripe.subscriptionItems.retrieve(added.id))).toMatchObject({ statusCode: 404 });
  expect((await failureOf(stripe.subscriptionItems.del(item))).param).toBe('items');
});
