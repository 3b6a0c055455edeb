import { expect, onTestFinished, test, vi } from 'vitest';
import type { Sandbox } from '../create-sandbox.js';
import type { Collection, Entity } from '../store/collection.js';
import { Timeline } from '../store/timeline.js';
import { CARD_ONLY, openShop } from './payments.js';

const CUSTOMERS = 10_000;
const PAYMENTS = 100_000;
const SESSIONS = 10_000;
/** A page of ten, one more to know of a next page, and one of each type of event when they are merged. */
const MOST_LOOKED_AT = 30;

/** Counts the places that walks through any collection come by: there is no other way to find entities. */
function countLooks(): { at: number } {
  const looks = { at: 0 };
  for (const order of ['newestFirst', 'oldestFirst'] as const) {
    const walk = Timeline.prototype[order];
    const spy = vi.spyOn(Timeline.prototype, order).mockImplementation(function* (this: Timeline, ...args) {
      for (const place of walk.apply(this, args)) {
        looks.at += 1;
        yield place;
      }
    });
    onTestFinished(() => spy.mockRestore());
  }
  return looks;
}

/** Copies a collection's entities in turn until it holds that many. */
function fill<T extends Entity>(
  collection: Collection<T>,
  size: number,
  changes: (nth: number) => Partial<T> = () => ({}),
): void {
  const originals = [...collection.oldestFirst()];
  for (let nth = originals.length; nth < size; nth++) {
    const original = originals[nth % originals.length]!;
    collection.insert({ ...original, ...changes(nth), id: `${original.id}${nth}` });
  }
}

/** What 10,000 customers leave behind who have paid 100,000 times, copied from one who has paid once. */
function fillSandbox(sandbox: Sandbox): void {
  sandbox.run(({ store }) => {
    const [first] = store.customers.oldestFirst();
    const customer = (nth: number) => ({ customer: `${first!.id}${(nth % (CUSTOMERS - 1)) + 1}` });
    fill(store.customers, CUSTOMERS, (nth) => ({ email: `${nth}@shop.example` }));
    fill(store.paymentMethods, CUSTOMERS, customer);
    fill(store.paymentIntents, PAYMENTS, customer);
    fill(store.charges, PAYMENTS, (nth) => ({ ...customer(nth), payment_intent: `pi_${nth}` }));
    fill(store.checkoutSessions, SESSIONS, () => ({ status: 'complete' }));
    fill(store.events, 3 * PAYMENTS);
  });
}

test('with 10,000 customers and 100,000 payments, no call looks at more than a page and a few', async () => {
  const { stripe, sandbox, customer, card, pay } = await openShop();
  const { id: paid } = await pay(1000);
  const price_data = { currency: 'usd', unit_amount: 900, product_data: { name: 'Mug' } };
  const { id: open } = await stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: 'https://shop.example/',
    line_items: [{ price_data, quantity: 1 }],
  });
  fillSandbox(sandbox);
  const [undelivered] = sandbox.store.events.oldestFirst();
  sandbox.run(({ store }) => store.events.update(undelivered!.id, { pending_webhooks: 1 }));
  const from = [...sandbox.store.paymentIntents.newestFirst()][PAYMENTS / 2]!.id;
  const created = { gte: customer.created };

  const calls: Record<string, () => PromiseLike<{ id: string } | { data: unknown[] }>> = {
    'newest customers': () => stripe.customers.list(),
    'customers by email': () => stripe.customers.list({ email: '5000@shop.example' }),
    'a new customer': () => stripe.customers.create({ email: 'new@shop.example' }),
    'a changed customer': () => stripe.customers.update(customer.id, { name: 'Ada' }),
    'a customer': () => stripe.customers.retrieve(customer.id),
    "a customer's cards": () => stripe.customers.listPaymentMethods(customer.id),
    'newest payments': () => stripe.paymentIntents.list(),
    'payments by time': () => stripe.paymentIntents.list({ created }),
    'payments from the middle on': () => stripe.paymentIntents.list({ starting_after: from }),
    'payments up to the middle': () => stripe.paymentIntents.list({ ending_before: from }),
    "a customer's payments": () => stripe.paymentIntents.list({ customer: customer.id }),
    'a new payment': () => pay(1000),
    'a payment for later': () =>
      stripe.paymentIntents.create({
        ...CARD_ONLY,
        amount: 500,
        payment_method: card.id,
        customer: customer.id,
      }),
    'a payment': () => stripe.paymentIntents.retrieve(paid),
    'newest charges': () => stripe.charges.list(),
    "a payment's charges": () => stripe.charges.list({ payment_intent: paid }),
    'a refund': () => stripe.refunds.create({ payment_intent: paid }),
    'open sessions': () => stripe.checkout.sessions.list({ status: 'open' }),
    'a session': () => stripe.checkout.sessions.retrieve(open),
    'newest events': () => stripe.events.list(),
    'events of a type': () => stripe.events.list({ type: 'charge.refunded' }),
    'events of a group': () => stripe.events.list({ type: 'charge.*' }),
    'events of types': () => stripe.events.list({ types: ['charge.refunded', 'customer.updated'] }),
    'events not delivered': () => stripe.events.list({ delivery_success: false }),
  };
  const looks = countLooks();
  const tooMany: Record<string, number> = {};
  const empty: string[] = [];
  for (const [name, call] of Object.entries(calls)) {
    looks.at = 0;
    const answer = await call();
    if (looks.at > MOST_LOOKED_AT) tooMany[name] = looks.at;
    if ('data' in answer && answer.data.length === 0) empty.push(name);
  }
  expect(tooMany).toEqual({});
  expect(empty).toEqual([]);
});
