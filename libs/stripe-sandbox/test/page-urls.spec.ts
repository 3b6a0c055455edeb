import { expect, test } from 'vitest';
import { BANK_TRANSFER } from './bank.js';
import { leftBehind, temporaryFolder } from './folders.js';
import { visit } from './pages.js';
import { CARD_ONLY } from './payments.js';
import { type Bench, openBench, request } from './support.js';

/** Makes something of everything that has a page. @returns where to read them */
async function fill({ stripe }: Bench): Promise<string[]> {
  const success_url = 'https://shop.example/';
  const session = await stripe.checkout.sessions.create({ mode: 'setup', currency: 'usd', success_url });
  const { id: expired } = await stripe.checkout.sessions.create({
    mode: 'payment',
    success_url,
    line_items: [
      { price_data: { currency: 'usd', unit_amount: 900, product_data: { name: 'Mug' } }, quantity: 1 },
    ],
    after_expiration: { recovery: { enabled: true } },
  });
  await stripe.checkout.sessions.expire(expired);
  const { id: customer } = await stripe.customers.create();
  await stripe.invoiceItems.create({ customer, amount: 900, currency: 'usd' });
  const invoice = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' });
  await stripe.invoices.finalizeInvoice(invoice.id);
  const pay = { ...CARD_ONLY, amount: 3000, confirm: true, return_url: success_url };
  const paid = await stripe.paymentIntents.create({ ...pay, payment_method: 'pm_card_visa' });
  const challenged = await stripe.paymentIntents.create({
    ...pay,
    payment_method: 'pm_card_authenticationRequired',
  });
  const transfer = await stripe.paymentIntents.create({
    amount: 2500,
    currency: 'eur',
    customer,
    confirm: true,
    allowed_payment_method_types: ['customer_balance'],
    return_url: success_url,
    payment_method_data: { type: 'customer_balance' },
    payment_method_options: BANK_TRANSFER,
  });
  return [
    `/v1/checkout/sessions/${session.id}`,
    `/v1/checkout/sessions/${expired}`,
    `/v1/invoices/${invoice.id}`,
    `/v1/payment_intents/${paid.id}?expand[]=latest_charge`,
    `/v1/payment_intents/${challenged.id}`,
    `/v1/payment_intents/${transfer.id}`,
  ];
}

test('the URL of a page is at the origin at which its object is read, also after a restart on another port', async () => {
  const dataDir = temporaryFolder();
  const before = await openBench({ dataDir });
  const paths = await fill(before);
  const { sandbox } = await openBench({ dataDir: leftBehind(dataDir) });
  expect(sandbox.port).not.toBe(before.sandbox.port);
  const origin = `http://localhost:${sandbox.port}`;

  const found = [];
  for (const path of paths) {
    const { body } = await request({ ...sandbox, url: origin }, 'GET', path);
    found.push(...JSON.stringify(body).matchAll(/"(http:[^"]+)"/g));
  }
  const urls = found.map(([, url]) => url!);
  const page = (path: string) => expect.stringMatching(new RegExp(`^${origin}/${path}_\\w+(?:/pdf)?$`));
  expect(urls.toSorted()).toEqual([
    page('3ds/pi'),
    page('c/pay/cs'),
    page('c/recover/cs'),
    page('i/in'),
    page('i/in'),
    page('receipts/payment/ch'),
    page('transfer/pi'),
  ]);
  for (const url of urls) expect([200, 303]).toContain((await visit(url)).status);
  // What links to them does so by their path.
  const home = (await visit(origin)).text;
  expect(home).not.toContain(`:${before.sandbox.port}`);
  expect(home).toMatch(/href="\/c\/pay\/cs_/);
});

test('the URLs of a merchant stay as they are', async () => {
  const { stripe } = await openBench();
  const url = 'http://shop.example/i/mug_5';
  const product = await stripe.products.create({ name: 'Mug', url });
  expect((await stripe.products.retrieve(product.id)).url).toBe(url);
});
