import { expect } from 'vitest';
import { openReceiver } from './receiver.js';
import { openBench, TEST_KEY, test } from './support.js';

/** Not in the order of the alphabet. */
const METADATA = { order: '1', id: '2', amount: '3' };

/**
 * As in all recordings of the real Stripe: `id` and `object` come first, the other fields by the alphabet, at every depth.
 * Metadata is the only object whose names are in no such order there.
 */
function stripesText(value: unknown): string {
  const ordered = (each: unknown): unknown => {
    if (Array.isArray(each)) return each.map(ordered);
    if (typeof each !== 'object' || each === null) return each;
    const { id, object, ...others } = each as Record<string, unknown>;
    const rest = Object.entries(others)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, field]) => [name, name === 'metadata' ? field : ordered(field)]);
    return { id, object: ordered(object), ...(Object.fromEntries(rest) as object) };
  };
  return JSON.stringify(ordered(value), undefined, 2);
}

test("JSON has Stripe's layout in replies, repeated replies, errors and events", async () => {
  const receiver = await openReceiver();
  const { sandbox, stripe } = await openBench({ webhook: { url: receiver.url } });
  const { id: customer } = await stripe.customers.create({ metadata: METADATA });
  const form = new URLSearchParams({
    amount: '2000',
    currency: 'usd',
    customer,
    payment_method: 'pm_card_visa',
    'allowed_payment_method_types[]': 'card',
    confirm: 'true',
    'expand[]': 'latest_charge.balance_transaction',
  }).toString();
  const authorization = `Bearer ${TEST_KEY}`;
  const textOf = async (path: string) => {
    return (await fetch(sandbox.url + path, { headers: { authorization } })).text();
  };
  const pay = async () => {
    const headers = {
      authorization,
      'content-type': 'application/x-www-form-urlencoded',
      'idempotency-key': 'pay',
    };
    const url = `${sandbox.url}/v1/payment_intents`;
    return (await fetch(url, { method: 'POST', body: form, headers })).text();
  };
  const paid = await pay();
  await stripe.invoiceItems.create({ customer, amount: 500, currency: 'usd' });
  await stripe.invoices.create({ customer });
  await sandbox.webhooks.flush();

  expect(paid).toContain('"amount": 2000');
  expect(await pay()).toBe(paid);
  const paths = ['charges', 'payment_intents', 'invoices', 'customers', 'customers/cus_none', 'nothing'];
  const replies = await Promise.all(paths.map((path) => textOf(`/v1/${path}`)));
  const bodies = receiver.received.map(({ body }) => body);
  expect(bodies.length).toBeGreaterThan(0);
  for (const text of [paid, ...replies, ...bodies]) expect(text).toBe(stripesText(JSON.parse(text)));
  expect(replies[3]).toContain('"metadata": {\n        "order": "1",\n        "id": "2",\n');
});
