import { expect, test } from 'vitest';
import { visit } from './pages.js';
import { openBench } from './support.js';

const LINK = /href="([^"]+)"/g;

async function openHome() {
  const bench = await openBench();
  const links = async () =>
    [...(await visit(bench.sandbox.url)).text.matchAll(LINK)].map(([, url]) => url!.replaceAll('&amp;', '&'));
  return { ...bench, links };
}

test('the home page links to everything that a person can complete', async () => {
  const { stripe, links } = await openHome();
  const { id: customer } = await stripe.customers.create({});
  const setup = await stripe.setupIntents.create({ customer });
  const payment = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' });
  const session = await stripe.checkout.sessions.create({
    mode: 'setup',
    currency: 'usd',
    success_url: 'https://example.com',
  });
  const challenged = await stripe.paymentIntents.create({
    amount: 500,
    currency: 'usd',
    confirm: true,
    payment_method: 'pm_card_authenticationRequired',
    return_url: 'https://example.com',
  });
  const found = await links();
  expect(found).toContain(new URL(session.url!).pathname);
  expect(found).toContain(`/confirm/${setup.client_secret}`);
  expect(found).toContain(`/confirm/${payment.client_secret}`);
  expect(found).toContain(`/3ds/${challenged.id}`);
});

test('finished sessions and intents have no link', async () => {
  const { stripe, sandbox, links } = await openHome();
  const { id } = await stripe.paymentIntents.create({
    amount: 500,
    currency: 'usd',
    confirm: true,
    payment_method: 'pm_card_visa',
    return_url: 'https://example.com',
  });
  expect((await visit(sandbox.url)).text).toContain(id);
  expect((await links()).join()).not.toContain(id);
});

test('every link of an empty sandbox works', async () => {
  const { sandbox, links } = await openHome();
  const own = (await links()).filter((url) => url.startsWith('/'));
  expect(own).toContain('/_sandbox/ledger');
  for (const url of own) expect((await visit(sandbox.url + url)).status).toBe(200);
});
