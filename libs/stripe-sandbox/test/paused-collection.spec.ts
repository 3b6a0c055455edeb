import { expect } from 'vitest';
import { at, openClub } from './club.js';
import { failureOf, test } from './support.js';

// https://docs.stripe.com/billing/subscriptions/pause-payment

test('the invoices of a paused subscription are voided until it is resumed', async () => {
  const { stripe, subscribe, customer, invoices, wait } = await openClub();
  const { id } = await subscribe();
  await stripe.customers.update(customer, { balance: -400 });
  const paused = await stripe.subscriptions.update(id, { pause_collection: { behavior: 'void' } });
  // Recorded at 2026-08-26.dahlia.
  expect(paused).toMatchObject({
    pause_collection: { behavior: 'void', resumes_at: null },
    status: 'active',
  });
  wait(30);
  const [renewal] = await invoices(id);
  expect(renewal).toMatchObject({ status: 'void', total: 1000, auto_advance: false, starting_balance: -400 });
  expect((await stripe.customers.retrieve(customer)) as object).toMatchObject({ balance: -400 });
  const running = await stripe.subscriptions.retrieve(id);
  expect(running).toMatchObject({ status: 'active', latest_invoice: renewal!.id });
  const resumed = await stripe.subscriptions.update(id, { pause_collection: '' });
  expect(resumed.pause_collection).toBeNull();
  wait(32);
  expect((await invoices(id))[0]).toMatchObject({ status: 'paid', total: 1000, amount_paid: 600 });
});

test('collection resumes by itself at `resumes_at`, before a period that begins then', async () => {
  const { stripe, subscribe, invoices, wait } = await openClub();
  const { id } = await subscribe();
  const pause_collection = { behavior: 'mark_uncollectible' as const, resumes_at: at('2027-01-01') };
  await stripe.subscriptions.update(id, { pause_collection });
  wait(30);
  expect((await invoices(id))[0]).toMatchObject({ status: 'uncollectible', amount_remaining: 1000 });
  wait(32);
  const [next] = await invoices(id);
  expect(next).toMatchObject({ status: 'paid', created: at('2027-01-01') });
  expect((await stripe.subscriptions.retrieve(id)).pause_collection).toBeNull();
  const { data } = await stripe.events.list({ type: 'customer.subscription.updated' });
  const resumed = data.find(
    ({ data: { previous_attributes: previous } }) =>
      'pause_collection' in previous! && previous['pause_collection'] !== null,
  );
  expect(resumed).toMatchObject({ created: at('2027-01-01') });
});

test('drafts that are kept are not finalized by themselves', async () => {
  const { stripe, subscribe, invoices, wait, price } = await openClub();
  const { id, items } = await subscribe();
  const pause_collection = { behavior: 'keep_as_draft' as const };
  await stripe.subscriptions.update(id, { pause_collection });
  const change = { items: [{ id: items.data[0]!.id, price: price.id, quantity: 2 }] };
  await stripe.subscriptions.update(id, { ...change, proration_behavior: 'always_invoice' });
  expect((await invoices(id))[0]).toMatchObject({ status: 'draft', total: 1000 });
  wait(31);
  await stripe.subscriptions.update(id, { pause_collection: '' });
  wait(5);
  const [renewal] = await invoices(id);
  expect(renewal).toMatchObject({ status: 'draft', auto_advance: false, next_payment_attempt: null });
  expect(await stripe.invoices.pay(renewal!.id)).toMatchObject({ status: 'paid', amount_paid: 2000 });
});

test('collection can only resume later', async () => {
  const { stripe, subscribe } = await openClub();
  const { id } = await subscribe();
  const pause_collection = { behavior: 'void' as const, resumes_at: at('2026-11-01') };
  const failure = await failureOf(stripe.subscriptions.update(id, { pause_collection }));
  expect(failure).toMatchObject({ statusCode: 400, param: 'pause_collection[resumes_at]' });
  const preview = await stripe.invoices.createPreview({ subscription: id });
  expect(preview).toMatchObject({ status: 'draft', total: 1000 });
});
