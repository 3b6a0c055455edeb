import type { Stripe } from 'stripe';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Sandbox } from '../create-sandbox.js';
import type { Collection, Entity } from '../store/collection.js';
import { Timeline } from '../store/timeline.js';
import { CARD_ONLY, openShop } from './payments.js';

const CUSTOMERS = 10_000;
const PAYMENTS = 100_000;
/** Of everything else, and mostly of what a list leaves out. */
const OTHERS = 10_000;
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
function fill<T extends Entity, Found extends object>(
  collection: Collection<T, Found>,
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
    fill(store.paymentMethods, CUSTOMERS + OTHERS, () => ({ customer: null }));
    fill(store.paymentIntents, PAYMENTS, customer);
    fill(store.charges, PAYMENTS, (nth) => ({ ...customer(nth), payment_intent: `pi_${nth}` }));
    fill(store.checkoutSessions, OTHERS, () => ({ status: 'complete' }));
    fill(store.events, 3 * PAYMENTS);
    fill(store.products, OTHERS);
    fill(store.prices, OTHERS, (nth) => ({ lookup_key: `key ${nth}` }));
    fill(store.subscriptions, OTHERS, (nth) => ({ ...customer(nth), ...otherPrice, status: 'canceled' }));
    fill(store.invoices, OTHERS, (nth) => ({ ...customer(nth), ...otherParent, status: 'void' }));
    fill(store.invoicePayments, OTHERS, (nth) => ({ invoice: `in_${nth}`, ...otherPayment }));
    fill(store.invoiceItems, OTHERS, (nth) => ({ ...customer(nth), invoice: `in_${nth}` }));
    fill(store.keptReplies, OTHERS, () => ({ created: 0 }));
    fill(store.deliveries, OTHERS, () => ({ created: NEVER }));
  });
}

/** Unix seconds that no test gets to. */
const NEVER = 2 ** 40;
const otherPrice = { items: { data: [{ price: { id: 'price_other' } }] } } as Partial<Stripe.Subscription>;
const otherParent = {
  parent: { subscription_details: { subscription: 'sub_other' } },
} as Partial<Stripe.Invoice>;
const otherPayment: Partial<Stripe.InvoicePayment> = {
  payment: { type: 'payment_intent', payment_intent: 'pi_other' },
};

/** The shop of a customer who has paid once, subscribed, and left a session open and a delivery untold. */
async function openBusyShop() {
  const shop = await openShop();
  const { stripe, customer, card, pay, sandbox } = shop;
  const { id: paid } = await pay(1000);
  const price = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 900,
    recurring: { interval: 'month' },
    lookup_key: 'monthly',
    product_data: { name: 'Club' },
  });
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    default_payment_method: card.id,
    expand: ['latest_invoice.payments'],
  });
  const session = await stripe.checkout.sessions.create({
    mode: 'subscription',
    success_url: 'https://shop.example/',
    line_items: [{ price: price.id, quantity: 1 }],
  });
  await stripe.invoiceItems.create({ customer: customer.id, amount: 100 });
  sandbox.webhooks.setBehaviour({ hold: true });
  await stripe.webhookEndpoints.create({ url: 'http://127.0.0.1:9/', enabled_events: ['*'] });
  await stripe.customers.create({}, { idempotencyKey: 'long ago' });
  return { ...shop, paid, price, subscription, session };
}

test('with 10,000 customers and 100,000 payments, no call visits more than a page and a few entities', async () => {
  const { stripe, sandbox, customer, card, pay, paid, price, subscription, session } = await openBusyShop();
  const invoice = subscription.latest_invoice as Stripe.Invoice;
  fillSandbox(sandbox);
  const from = [...sandbox.store.paymentIntents.newestFirst()][PAYMENTS / 2]!.id;
  const created = { gte: customer.created };

  const calls: Record<string, () => PromiseLike<unknown>> = {
    'newest customers': () => stripe.customers.list(),
    'customers by email': () => stripe.customers.list({ email: '5000@shop.example' }),
    'a new customer': () => stripe.customers.create({ email: 'new@shop.example' }),
    'a new customer by a key': () => stripe.customers.create({}, { idempotencyKey: 'k' }),
    'a changed customer': () => stripe.customers.update(customer.id, { name: 'Ada' }),
    'a customer': () => stripe.customers.retrieve(customer.id),
    "a customer's cards": () => stripe.customers.listPaymentMethods(customer.id),
    'newest cards': () => stripe.paymentMethods.list(),
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
    'a session': () => stripe.checkout.sessions.retrieve(session.id),
    'products by id': () => stripe.products.list({ ids: [price.product as string] }),
    'prices by key': () => stripe.prices.list({ lookup_keys: ['monthly', 'key 5000'] }),
    'running subscriptions': () => stripe.subscriptions.list(),
    "a price's subscriptions": () => stripe.subscriptions.list({ price: price.id, status: 'all' }),
    "a subscription's invoices": () => stripe.invoices.list({ subscription: subscription.id }),
    'paid invoices': () => stripe.invoices.list({ status: 'paid' }),
    'invoice items that wait': () => stripe.invoiceItems.list({ pending: true }),
    "an intent's invoice": () => {
      const [payment] = invoice.payments!.data;
      const payment_intent = payment!.payment.payment_intent as string;
      return stripe.invoicePayments.list({ payment: { type: 'payment_intent', payment_intent } });
    },
    'newest events': () => stripe.events.list(),
    'events of a type': () => stripe.events.list({ type: 'charge.refunded' }),
    'events of a group': () => stripe.events.list({ type: 'charge.*' }),
    'events of types': () => stripe.events.list({ types: ['charge.refunded', 'customer.updated'] }),
    'events not delivered': () => stripe.events.list({ delivery_success: false }),
    'what is to be delivered': () => {
      sandbox.webhooks.setBehaviour({});
      return sandbox.webhooks.deliverDue();
    },
  };
  const looks = countLooks();
  const tooMany: Record<string, number> = {};
  const empty: string[] = [];
  for (const [name, call] of Object.entries(calls)) {
    looks.at = 0;
    const answer = await call();
    if (looks.at > MOST_LOOKED_AT) tooMany[name] = looks.at;
    if (isEmptyList(answer)) empty.push(name);
  }
  expect(tooMany).toEqual({});
  expect(empty).toEqual([]);
});

const isEmptyList = (answer: unknown): boolean =>
  typeof answer === 'object' && answer !== null && 'data' in answer && (answer.data as []).length === 0;
