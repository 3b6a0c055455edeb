import { expect, test } from 'vitest';
import { openShop } from './payments.js';
import { visit } from './pages.js';

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

test('a charge that failed has no receipt', async () => {
  const { stripe, sandbox, pay } = await openShop('pm_card_chargeCustomerFail');
  await pay(3000).catch(() => undefined);
  const [charge] = (await stripe.charges.list()).data;
  expect(charge!.receipt_url).toBeNull();
  expect((await visit(`${sandbox.url}/receipts/payment/${charge!.id}`)).status).toBe(404);
});
