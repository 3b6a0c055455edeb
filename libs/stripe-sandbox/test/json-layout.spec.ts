import { expect } from 'vitest';
import { openReceiver } from './receiver.js';
import { openBench, TEST_KEY, test } from './support.js';

/** The example of https://docs.stripe.com/api/coupons/object, with metadata in an order of its own and another `created`. */
const couponText = (created: number): string => `{
  "id": "jMT0WJUD",
  "object": "coupon",
  "amount_off": null,
  "created": ${created},
  "currency": null,
  "duration": "repeating",
  "duration_in_months": 3,
  "livemode": false,
  "max_redemptions": null,
  "metadata": {
    "order": "1",
    "id": "2",
    "amount": "3"
  },
  "name": null,
  "percent_off": 25.5,
  "redeem_by": null,
  "times_redeemed": 0,
  "valid": true
}`;

const COUPON = {
  id: 'jMT0WJUD',
  duration: 'repeating',
  duration_in_months: '3',
  percent_off: '25.5',
  'metadata[order]': '1',
  'metadata[id]': '2',
  'metadata[amount]': '3',
};

/** The names in the example of https://docs.stripe.com/api/customers/create. */
const CUSTOMER_FIELDS = [
  'id',
  'object',
  'address',
  'balance',
  'created',
  'currency',
  'default_source',
  'delinquent',
  'description',
  'email',
  'invoice_prefix',
  'invoice_settings',
  'livemode',
  'metadata',
  'name',
  'next_invoice_sequence',
  'phone',
  'preferred_locales',
  'shipping',
  'tax_exempt',
  'test_clock',
];

/** The names in the example of https://docs.stripe.com/api/refunds/object. */
const REFUND_FIELDS = [
  'id',
  'object',
  'amount',
  'balance_transaction',
  'charge',
  'created',
  'currency',
  'destination_details',
  'metadata',
  'payment_intent',
  'reason',
  'receipt_number',
  'source_transfer_reversal',
  'status',
  'transfer_reversal',
];

/** The same text within an object, `depth` levels down. */
const within = (text: string, depth: number): string => text.replaceAll('\n', `\n${'  '.repeat(depth)}`);

async function openAccount() {
  const receiver = await openReceiver();
  const { sandbox } = await openBench({ webhook: { url: receiver.url } });
  const call = async (path: string, form?: Record<string, string>) => {
    const headers = { authorization: `Bearer ${TEST_KEY}`, 'idempotency-key': path };
    const body = form && new URLSearchParams(form);
    return (await fetch(sandbox.url + path, { headers, ...(body && { method: 'POST', body }) })).text();
  };
  return { sandbox, receiver, call };
}

test("an object has the layout of Stripe's reference in replies, repeated replies, lists and events", async () => {
  const { sandbox, receiver, call } = await openAccount();
  const created = await call('/v1/coupons', COUPON);
  const coupon = couponText((JSON.parse(created) as { created: number }).created);
  expect(created).toBe(coupon);
  expect(await call('/v1/coupons', COUPON)).toBe(coupon);
  expect(await call('/v1/coupons/jMT0WJUD')).toBe(coupon);
  // https://docs.stripe.com/api/pagination, whose reference does not follow the order of replies.
  expect(await call('/v1/coupons')).toBe(
    `{\n  "object": "list",\n  "data": [\n    ${within(coupon, 2)}\n  ],\n  "has_more": false,\n  "url": "/v1/coupons"\n}`,
  );
  await sandbox.webhooks.flush();
  const [body = ''] = receiver.received.map((event) => event.body);
  expect(body).toContain(`\n  "data": {\n    "object": ${within(coupon, 2)}\n  },\n`);
  // https://docs.stripe.com/api/events/object
  expect(fieldsOf(body)).toEqual([
    'id',
    'object',
    'api_version',
    'created',
    'data',
    'livemode',
    'pending_webhooks',
    'request',
    'type',
  ]);
});

test("fields have the order of Stripe's reference, whatever the order in which they were set", async () => {
  const { call } = await openAccount();
  const { id } = JSON.parse(await call('/v1/customers', { name: 'Jenny Rosen' })) as { id: string };
  const text = await call(`/v1/customers/${id}`, { phone: '+4930123', email: 'jennyrosen@example.com' });
  expect(fieldsOf(text).filter((name) => CUSTOMER_FIELDS.includes(name))).toEqual(CUSTOMER_FIELDS);
  expect(text).toContain(
    '\n  "invoice_settings": {\n    "custom_fields": null,\n    "default_payment_method": null,\n    "footer": null,\n    "rendering_options": null\n  },\n',
  );
});

test("fields have the order of Stripe's reference in each item of a list", async () => {
  const { call } = await openAccount();
  const form = { amount: '2000', currency: 'usd', payment_method: 'pm_card_visa', confirm: 'true' };
  const intent = await call('/v1/payment_intents', { ...form, 'allowed_payment_method_types[]': 'card' });
  const { id: payment_intent } = JSON.parse(intent) as { id: string };
  await call('/v1/refunds', { payment_intent, reason: 'duplicate', amount: '500' });
  const fields = fieldsOf(await call('/v1/refunds'), 3);
  expect(fields.filter((name) => REFUND_FIELDS.includes(name))).toEqual(REFUND_FIELDS);
});

// https://docs.stripe.com/api/errors
test('an error has its fields by the alphabet', async () => {
  const { call } = await openAccount();
  const text = await call('/v1/customers/cus_none');
  expect(text.replace(/req_\w+/, 'req_1')).toBe(`{
  "error": {
    "code": "resource_missing",
    "doc_url": "https://stripe.com/docs/error-codes/resource-missing",
    "message": "No such customer: 'cus_none'",
    "param": "id",
    "request_log_url": "https://dashboard.stripe.com/acct_1OfflineSandbox1/test/workbench/logs?object=req_1",
    "type": "invalid_request_error"
  }
}`);
});

/** The names of the fields of an object, `depth` levels down, as they come in the text. */
function fieldsOf(text: string, depth = 1): string[] {
  const line = new RegExp(`^ {${2 * depth}}"(\\w+)":`, 'gm');
  return [...text.matchAll(line)].map(([, name]) => name!);
}
