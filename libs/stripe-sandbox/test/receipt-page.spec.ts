import { expect } from 'vitest';
import { openShop } from './payments.js';
import { visit } from './pages.js';
import { test } from './support.js';

// https://docs.stripe.com/receipts
test('a paid charge has a receipt, which shows what was refunded', async () => {
  const { stripe, pay } = await openShop();
  const { id, latest_charge } = await pay(3000, { description: 'Wellness <exam>' });
  const { receipt_url } = await stripe.charges.retrieve(latest_charge as string);
  const paid = await visit(receipt_url!);
  expect(paid.status).toBe(200);
  for (const shown of ['$30.00', 'paid on November 1, 2026', 'Wellness &lt;exam&gt;', 'visa •••• 4242']) {
    expect(paid.text).toContain(shown);
  }
  expect(paid.text).not.toContain('Refunded');
  await stripe.refunds.create({ payment_intent: id, amount: 500 });
  const refunded = await visit(receipt_url!);
  expect(refunded.text).toContain('-$5.00');
  expect(refunded.text).toContain('$25.00');
});

test('what was not captured is released, and not refunded', async () => {
  const { stripe, pay } = await openShop();
  const { id, latest_charge } = await pay(3000, { capture_method: 'manual' });
  const { receipt_url } = await stripe.charges.retrieve(latest_charge as string);
  expect((await visit(receipt_url!)).text).toMatch(/\$30\.00\s+<small>USD, authorized on/);
  await stripe.paymentIntents.capture(id, { amount_to_capture: 2000 });
  const captured = (await visit(receipt_url!)).text;
  expect(captured).toMatch(/\$20\.00\s+<small>USD, paid on/);
  expect(captured).toMatch(/Released<\/span><span class="amount">-\$10\.00/);
  expect(captured).not.toContain('Refunded');
  await stripe.refunds.create({ payment_intent: id, amount: 500 });
  const refunded = (await visit(receipt_url!)).text;
  expect(refunded).toMatch(/\$15\.00\s+<small>USD, paid on/);
  expect(refunded).toMatch(/Released<\/span><span class="amount">-\$10\.00/);
  expect(refunded).toMatch(/Refunded<\/span><span class="amount">-\$5\.00/);
});

test('the receipt of a canceled payment shows it as released', async () => {
  const { stripe, pay } = await openShop();
  const { id, latest_charge } = await pay(3000, { capture_method: 'manual' });
  await stripe.paymentIntents.cancel(id);
  const { receipt_url } = await stripe.charges.retrieve(latest_charge as string);
  const { text } = await visit(receipt_url!);
  expect(text).toMatch(/Released<\/span><span class="amount">-\$30\.00/);
  expect(text).not.toContain('Refunded');
});

test('a charge that failed has no receipt', async () => {
  const { stripe, sandbox, pay } = await openShop('pm_card_chargeCustomerFail');
  await pay(3000).catch(() => undefined);
  const [charge] = (await stripe.charges.list()).data;
  expect(charge!.receipt_url).toBeNull();
  expect((await visit(`${sandbox.url}/receipts/payment/${charge!.id}`)).status).toBe(404);
});
