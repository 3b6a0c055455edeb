import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import type { Stripe } from 'stripe';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openBench } from '../support.js';
import { accessibilityFaults } from './accessibility.js';
import { DESKTOP, openPage, PHONE, type Preferences, startBrowser } from './browser.js';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

/** Starts the merchant's site, which the page redirects to. */
async function openShopSite(): Promise<string> {
  const server = createServer((request, response) => response.end(`shop ${request.url}`));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function openCheckout(
  params: Partial<Stripe.Checkout.SessionCreateParams> = {},
  viewport = DESKTOP,
  preferences: Preferences = {},
) {
  const bench = await openBench();
  const shop = await openShopSite();
  const session = await bench.stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: `${shop}/thanks?session={CHECKOUT_SESSION_ID}`,
    cancel_url: `${shop}/cart`,
    line_items: [
      { price_data: { currency: 'usd', unit_amount: 900, product_data: { name: 'Mug' } }, quantity: 2 },
    ],
    ...params,
  });
  const page = await openPage(browser, viewport, preferences);
  await page.goto(session.url!);
  const current = () => bench.stripe.checkout.sessions.retrieve(session.id);
  return { ...bench, shop, session, page, current };
}

const shopText = (page: Page): Promise<string | null> => page.textContent('body');

async function typeCard(page: Page, number: string): Promise<void> {
  await page.getByLabel('Card number').fill(number);
  await page.getByLabel('Expiry').fill('12/34');
  await page.getByLabel('Security code').fill('123');
}

test('a person enters a card, pays, and returns to the shop', async () => {
  const { page, shop, session, current } = await openCheckout();
  expect(await page.getByText('Sandbox: no money moves').isVisible()).toBe(true);
  await page.getByLabel('Email').fill('ada@example.com');
  await typeCard(page, '4242 4242 4242 4242');
  await page.getByLabel('Name on card').fill('Ada');
  await page.getByRole('button', { name: 'Pay $18.00' }).click();
  await page.waitForURL(`${shop}/**`);
  expect(await shopText(page)).toBe(`shop /thanks?session=${session.id}`);
  expect(await current()).toMatchObject({
    payment_status: 'paid',
    customer_details: { email: 'ada@example.com', name: 'Ada' },
  });
});

test('the page works with the keyboard only', async () => {
  const { page, shop, current } = await openCheckout();
  for (const text of ['', 'ada@example.com', '4242424242424242', '1234', '123', 'Ada']) {
    await page.keyboard.press('Tab');
    if (text) await page.keyboard.type(text.replace(/^1234$/, '12/34'));
  }
  await page.keyboard.press('Enter');
  await page.waitForURL(`${shop}/**`);
  expect((await current()).payment_status).toBe('paid');
});

test('a test card needs one click, also after a decline', async () => {
  const { page, shop } = await openCheckout();
  await page.getByRole('button', { name: /^Insufficient funds/ }).click();
  expect(await page.getByRole('alert').textContent()).toBe('Your card has insufficient funds.');
  await page.getByRole('button', { name: /^Succeeds 4242/ }).click();
  await page.waitForURL(`${shop}/**`);
});

test('what is wrong is said in the form that was sent', async () => {
  const { page } = await openCheckout({
    line_items: [
      { price_data: { currency: 'eur', unit_amount: 900, product_data: { name: 'Mug' } }, quantity: 2 },
    ],
    allowed_payment_method_types: ['card', 'sepa_debit'],
    allow_promotion_codes: true,
  });
  const alertIn = (form: string) =>
    page.getByRole('form', { name: form }).getByRole('alert').allTextContents();
  await page.getByRole('textbox', { name: 'Promotion code' }).fill('NONE');
  await page.getByRole('button', { name: 'Apply' }).click();
  expect(await alertIn('Promotion code')).toEqual(['This code is invalid.']);
  expect(await page.getByRole('alert').count()).toBe(1);
  expect(await page.locator('[aria-invalid]').getAttribute('name')).toBe('promotion_code');
  const debit = page.getByRole('form', { name: 'SEPA debit' });
  await debit.getByLabel('Email').fill('ada@example.com');
  await debit.getByLabel('Account holder').fill('Ada');
  await debit.getByLabel('IBAN').fill('DE00');
  await debit.getByRole('button', { name: 'Pay €18.00' }).click();
  expect(await alertIn('SEPA debit')).toHaveLength(1);
  expect(await page.getByRole('alert').count()).toBe(1);
});

test('everything on the pages can be read', async () => {
  const { page, session, sandbox, stripe } = await openCheckout({}, DESKTOP, { javaScriptEnabled: true });
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole('button', { name: /^Asks for authentication/ }).click();
  await page.getByRole('button', { name: 'Fail authentication' }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Fail authentication' }).click();
  await page.getByRole('alert').waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole('button', { name: /^Succeeds 4242/ }).click();
  const [charge] = (await stripe.charges.list({ limit: 1 })).data;
  for (const url of [session.url!, charge!.receipt_url!, sandbox.url]) {
    await page.goto(url);
    expect(await accessibilityFaults(page)).toEqual([]);
  }
});

test('the authentication page completes or fails the authentication', async () => {
  const { page, shop } = await openCheckout();
  await page.getByRole('button', { name: /^Asks for authentication/ }).click();
  await page.getByRole('button', { name: 'Fail authentication' }).click();
  expect(await page.getByRole('alert').textContent()).toContain('failed authentication');
  await page.getByRole('button', { name: /^Asks for authentication/ }).click();
  await page.getByRole('button', { name: 'Complete authentication' }).click();
  await page.waitForURL(`${shop}/**`);
  expect(await shopText(page)).toMatch(/^shop \/thanks/);
});

test('the cancel link leads to the cancel URL', async () => {
  const { page, shop, current } = await openCheckout();
  await page.getByRole('link', { name: 'Cancel and go back' }).click();
  await page.waitForURL(`${shop}/cart`);
  expect((await current()).status).toBe('open');
});

test('fits the screen of a phone, even with long names', async () => {
  const name = 'Espresso machine with a rather long name, unbreakable-'.padEnd(120, 'x');
  const item = {
    price_data: { currency: 'jpy', unit_amount: 1_250_000, product_data: { name } },
    quantity: 3,
  };
  const { page } = await openCheckout({ line_items: [item] }, PHONE);
  const width = await page.locator('html').evaluate(({ scrollWidth }) => scrollWidth);
  expect(width).toBe(PHONE.width);
  await page.getByRole('button', { name: 'Pay ¥3,750,000' }).scrollIntoViewIfNeeded();
});

test('the page shows the period of a subscription, and paying activates it', async () => {
  const price_data = {
    currency: 'eur',
    unit_amount: 1200,
    product_data: { name: 'Box' },
    recurring: { interval: 'month' as const, interval_count: 3 },
  };
  const line_items = [{ price_data, quantity: 1 }];
  const { page, shop, current, stripe } = await openCheckout({ mode: 'subscription', line_items });
  expect(await page.getByText('every 3 months').isVisible()).toBe(true);
  await page.getByRole('button', { name: /^Succeeds 4242/ }).click();
  await page.waitForURL(`${shop}/**`);
  const { subscription } = await current();
  expect((await stripe.subscriptions.retrieve(subscription as string)).status).toBe('active');
});

test('loads nothing from other origins, without console errors', async () => {
  const { page, session, sandbox } = await openCheckout();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(new URL(request.url()).origin));
  page.on('console', (message) => complaints.push(message.text()));
  await page.goto(session.url!);
  expect(new Set(requests.filter((origin) => origin !== 'null'))).toEqual(new Set([sandbox.url]));
  expect(complaints).toEqual([]);
});

test('the home page links to the page of an open intent', async () => {
  const { stripe, sandbox } = await openBench();
  const intent = await stripe.paymentIntents.create({ amount: 4999, currency: 'usd' });
  const page = await openPage(browser, PHONE);
  await page.goto(sandbox.url);
  await page.getByRole('link', { name: '$49.99' }).click();
  await page.getByRole('button', { name: /^Succeeds 4242/ }).click();
  expect(await page.getByText('The payment has been made.').isVisible()).toBe(true);
  expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('succeeded');
});

test('a setup intent is confirmed in the browser', async () => {
  const { stripe, sandbox } = await openBench();
  const { id: customer } = await stripe.customers.create({});
  const intent = await stripe.setupIntents.create({ customer });
  const page = await openPage(browser);
  await page.goto(`${sandbox.url}/confirm/${intent.client_secret}`);
  await page.getByRole('button', { name: /^Asks for authentication/ }).click();
  await page.getByRole('button', { name: 'Complete authentication' }).click();
  expect(await page.getByText('Your card has been saved.').isVisible()).toBe(true);
  expect((await stripe.setupIntents.retrieve(intent.id)).status).toBe('succeeded');
});
