import { expect, test } from 'vitest';
import { openClub } from './club.js';

/** A club, and the events since it was opened: what changed by each. */
async function openDiary(card?: string) {
  const club = await openClub(card);
  const { events } = club.sandbox.store;
  const seen = new Set([...events.oldestFirst()].map(({ id }) => id));
  const changesBy = (type: string) =>
    [...events.oldestFirst()]
      .filter((event) => !seen.has(event.id) && event.type === type)
      .map(({ data }) => data.previous_attributes as unknown);
  return { ...club, changesBy };
}

// https://docs.stripe.com/billing/subscriptions/webhooks: `invoice.updated` is sent when a payment succeeds or fails.
test('a paid invoice also emits invoice.updated', async () => {
  const { subscribe, changesBy } = await openDiary();
  await subscribe();
  expect(changesBy('invoice.updated')).toEqual([
    expect.objectContaining({ status: 'open', amount_paid: 0, attempted: false }),
  ]);
});

test('a failed renewal emits invoice.updated with the next attempt', async () => {
  const { stripe, subscribe, customer, changesBy, wait } = await openDiary();
  const { id } = await subscribe();
  const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
  await stripe.subscriptions.update(id, { default_payment_method: bad.id });
  wait(31);
  await stripe.customers.retrieve(customer);
  expect(changesBy('invoice.updated').slice(1)).toEqual([
    { attempted: false },
    { next_payment_attempt: Date.UTC(2026, 11, 1, 1) / 1000 },
  ]);
});

// https://docs.stripe.com/api/customers/object
test('the first invoice sets the currency and the balance of its customer', async () => {
  const { stripe, subscribe, customer, changesBy } = await openDiary();
  await stripe.customers.update(customer, { balance: -300 });
  await subscribe();
  expect(changesBy('customer.updated')).toEqual([{ balance: 0 }, { currency: null }, { balance: -300 }]);
});

test('a customer is delinquent from a failed renewal until it is paid', async () => {
  const { stripe, subscribe, customer, card, changesBy, wait } = await openDiary();
  const { id } = await subscribe();
  const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
  await stripe.subscriptions.update(id, { default_payment_method: bad.id });
  wait(31);
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ delinquent: true });
  const { latest_invoice } = await stripe.subscriptions.retrieve(id);
  await stripe.invoices.pay(latest_invoice as string, { payment_method: card });
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ delinquent: false });
  expect(changesBy('customer.updated').slice(1)).toEqual([{ delinquent: false }, { delinquent: true }]);
});

test('detaching the default card removes it from the customer', async () => {
  const { stripe, card, changesBy } = await openDiary();
  await stripe.paymentMethods.detach(card);
  expect(changesBy('customer.updated')).toEqual([{ invoice_settings: { default_payment_method: card } }]);
});

// https://docs.stripe.com/api/events/types: who follows the events knows what there is.
test('the latest event of a subscription or an invoice has its current state', async () => {
  const { stripe, subscribe, customer, sandbox, wait } = await openDiary();
  const { store } = sandbox;
  const expectTold = () => {
    const told = new Map(
      [...store.events.oldestFirst()].map(({ data }) => [(data.object as { id: string }).id, data.object]),
    );
    for (const nouns of [store.subscriptions, store.invoices]) {
      for (const entity of nouns.oldestFirst()) expect(told.get(entity.id)).toEqual(entity);
    }
  };
  const { id: poor } = await stripe.customers.create({});
  const trial = await subscribe({ customer: poor, trial_period_days: 14 });
  expect(trial.pending_setup_intent).not.toBeNull();
  expectTold();
  expect(await stripe.subscriptions.cancel(trial.id)).toMatchObject({ pending_setup_intent: null });
  expectTold();

  const { id, items } = await subscribe();
  expectTold();
  const change = { items: [{ id: items.data[0]!.id, quantity: 2 }] };
  await stripe.subscriptions.update(id, { ...change, proration_behavior: 'always_invoice' });
  expectTold();
  await stripe.subscriptions.cancel(id, { prorate: true, invoice_now: true });
  expectTold();

  const failing = await subscribe();
  const { id: planned } = await subscribe();
  await stripe.subscriptions.update(planned, { cancel_at: Date.UTC(2026, 10, 6) / 1000 });
  const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
  await stripe.subscriptions.update(failing.id, { default_payment_method: bad.id });
  for (const days of [10, 21, 3, 5, 7, 7]) {
    wait(days);
    await stripe.customers.retrieve(customer);
    expectTold();
  }
  expect(await stripe.subscriptions.retrieve(failing.id)).toMatchObject({ status: 'canceled' });
});
