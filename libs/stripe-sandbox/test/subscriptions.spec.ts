import type { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import { at, HOUR_MS, openClub, priceOf } from './club.js';
import { failureOf } from './support.js';

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
      auto_advance: false,
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

test('an invoice line describes the billing interval', async () => {
  const { stripe, subscribe } = await openClub();
  const recurring = { interval: 'month', interval_count: 3 };
  const price = await priceOf(stripe, 90_000, recurring);
  const { latest_invoice } = await subscribe({ items: [{ price: price.id }], expand: ['latest_invoice'] });
  const { lines } = latest_invoice as Stripe.Invoice;
  expect(lines.data[0]!.description).toBe('1 × Plan 90000 (at $900.00 / every 3 months)');
});

test('a subscription without a payment method is refused, and nothing is stored', async () => {
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

test('a declined first payment leaves a subscription incomplete for 23 hours', async () => {
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

test('error_if_incomplete returns 402 and stores nothing', async () => {
  const { stripe, subscribe, customer } = await openClub('pm_card_chargeCustomerFail');
  const failure = await failureOf(subscribe({ payment_behavior: 'error_if_incomplete' }));
  expect(failure).toMatchObject({ statusCode: 402, code: 'card_declined' });
  expect((await stripe.subscriptions.list({ customer, status: 'all' })).data).toEqual([]);
  expect((await stripe.charges.list({ customer })).data).toEqual([]);
});

test('refuses parameters that do not go together', async () => {
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

test('each step emits its events', async () => {
  const { subscribe, sandbox } = await openClub();
  const before = sandbox.store.events.size;
  const { id, latest_invoice } = await subscribe();
  const events = [...sandbox.store.events.oldestFirst()].slice(before);
  expect(events.map(({ type }) => type)).toEqual([
    'customer.updated',
    'invoice.created',
    'customer.subscription.created',
    'invoice.finalized',
    'payment_intent.created',
    'charge.succeeded',
    'payment_intent.succeeded',
    'invoice_payment.paid',
    'invoice.updated',
    'invoice.paid',
    'customer.subscription.updated',
    'invoice.payment_succeeded',
  ]);
  expect(events[2]!.data.object).toMatchObject({ id, latest_invoice });
});
