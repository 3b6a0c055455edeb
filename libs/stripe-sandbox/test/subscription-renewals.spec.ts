import { expect, test } from 'vitest';
import { at, HOUR_MS, openClub } from './club.js';
import { failureOf } from './support.js';

test('each month an invoice is created, and paid an hour later', async () => {
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
test('a failed renewal makes a subscription past due, is retried, and finally ends it', async () => {
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

test('with afterRetries mark_unpaid a subscription becomes unpaid, and later invoices stay drafts', async () => {
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

test('paying its invoice activates a past due subscription', async () => {
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

test('the invoice of a renewal is a draft for an hour', async () => {
  const { stripe, clock, subscribe, wait } = await openClub();
  const { id, latest_invoice: first } = await subscribe();
  wait(30);
  const renewed = await stripe.subscriptions.retrieve(id, { expand: ['latest_invoice'] });
  expect(renewed.latest_invoice).toMatchObject({ status: 'draft', billing_reason: 'subscription_cycle' });
  expect(await stripe.invoices.retrieve(first as string)).toMatchObject({ status: 'paid' });
  clock.advanceMs(HOUR_MS);
  const paid = await stripe.subscriptions.retrieve(id, { expand: ['latest_invoice'] });
  expect(paid.latest_invoice).toMatchObject({ status: 'paid' });
});
