import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClub, priceOf } from '../club.js';
import { accessibilityFaults } from './accessibility.js';
import { openPage, PHONE, startBrowser } from './browser.js';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

test('a person switches the plan, adds a card, and cancels, on a phone', async () => {
  const { stripe, customer, subscribe } = await openClub();
  const { id: subscription } = await subscribe();
  const offered = await priceOf(stripe, 3000);
  const { id: configuration } = await stripe.billingPortal.configurations.create({
    features: {
      invoice_history: { enabled: true },
      payment_method_update: { enabled: true },
      subscription_cancel: { enabled: true },
      subscription_update: {
        enabled: true,
        default_allowed_updates: ['price'],
        products: [{ product: offered.product as string, prices: [offered.id] }],
      },
    },
  });
  const { url } = await stripe.billingPortal.sessions.create({ customer, configuration });
  const page = await openPage(browser, PHONE, { javaScriptEnabled: true });
  await page.goto(url);
  expect(await page.locator('html').evaluate(({ scrollWidth }) => scrollWidth)).toBe(PHONE.width);
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole('link', { name: 'Update plan' }).click();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole('link', { name: 'Back to your billing' }).click();
  await page.getByRole('link', { name: 'Update plan' }).click();
  await page.getByLabel('Plan').selectOption(offered.id);
  await page.getByRole('button', { name: 'Confirm' }).click();
  expect(await page.getByRole('heading', { name: 'Plan 3000' }).isVisible()).toBe(true);
  await page.getByRole('link', { name: 'Add payment method' }).click();
  await page.getByRole('button', { name: /^Asks for authentication/ }).click();
  await page.getByRole('button', { name: 'Fail authentication' }).click();
  expect(await page.getByRole('alert').textContent()).toBe('The authentication of your card has failed.');
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole('button', { name: /^Asks for authentication/ }).click();
  await page.getByRole('button', { name: 'Complete authentication' }).click();
  expect(await page.getByText('•••• 3184').isVisible()).toBe(true);
  await page.getByRole('link', { name: 'Cancel plan' }).click();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Cancel plan' }).click();
  await page.getByRole('button', { name: "Don't cancel plan" }).waitFor();
  expect((await stripe.subscriptions.retrieve(subscription)).cancel_at_period_end).toBe(true);
});
