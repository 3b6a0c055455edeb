import type { Browser, Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { accessibilityFaults, contrastOf } from '../../libs/stripe-sandbox/test/browser/accessibility.js';
import {
  DESKTOP,
  openPage,
  type Preferences,
  startBrowser,
} from '../../libs/stripe-sandbox/test/browser/browser.js';
import { LANGUAGES } from '../../src/api/confirm/language.js';
import { confirmTest } from './confirm-test.js';

const PHONE = { width: 390, height: 844 };
/** https://www.w3.org/TR/WCAG22/#target-size-enhanced */
const TARGET_MIN_PX = 44;
/** https://www.w3.org/TR/WCAG22/#non-text-contrast */
const NON_TEXT_CONTRAST_MIN = 3;
const HOUR_SECONDS = 60 * 60;
const RETURN_URL = 'https://example.com/paid';

const it = confirmTest()
  .extend('browser', { scope: 'file' }, async ({ paydesk: _started }, { onCleanup }) => {
    const browser = await startBrowser();
    onCleanup(() => browser.close());
    return browser;
  })
  /** Opens a link in a new profile. The merchant's site is not on this machine. */
  .extend(
    'open',
    ({ browser }) =>
      async (url: string, viewport = DESKTOP, preferences: Preferences = {}) =>
        openLink(browser, url, viewport, preferences),
  );

async function openLink(
  browser: Browser,
  url: string,
  viewport: typeof DESKTOP,
  preferences: Preferences,
): Promise<Page> {
  const page = await openPage(browser, viewport, preferences);
  await page.route('https://example.com/**', (route) => route.fulfill({ body: 'the shop' }));
  await page.goto(url);
  return page;
}

async function payOnCheckout(page: Page): Promise<void> {
  await page.getByLabel('Email').fill('jenny@example.com');
  await page.getByLabel('Card number').fill('4242 4242 4242 4242');
  await page.getByLabel('Expiry').fill('12/34');
  await page.getByLabel('Security code').fill('123');
  await page.getByRole('button', { name: 'Pay $30.00' }).click();
}

/** Everything fits, and what is pressed is large enough for a thumb. */
async function expectFit(page: Page, { width }: typeof DESKTOP): Promise<void> {
  expect(await page.locator('html').evaluate(({ scrollWidth }) => scrollWidth)).toBe(width);
  for (const target of await page.locator('button, a').all())
    expect((await target.boundingBox())?.height).toBeGreaterThanOrEqual(TARGET_MIN_PX);
}

describe.each([
  ['a phone', PHONE],
  ['a desktop', DESKTOP],
] as const)('on %s, a customer', (_device, viewport) => {
  it('authenticates, and comes back to the merchant', async ({ open, refusedCharge, paidAtStripe }) => {
    const { url, id } = await refusedCharge(undefined, { return_url: RETURN_URL });
    const page = await open(url, viewport);
    await page.getByRole('heading', { name: 'Sandbox asks you to pay' }).waitFor();
    await page.getByText('$30.00').waitFor();
    await page.getByText('Wellness exam').waitFor();
    await expectFit(page, viewport);
    await page.getByRole('button', { name: 'Confirm with your bank (•••• 3184)' }).click();
    await page.getByRole('button', { name: 'Complete authentication' }).click();
    await page.waitForURL(RETURN_URL);
    expect(await paidAtStripe(id)).toHaveLength(1);
  });

  it('pays with another card after a decline', async ({ open, refusedCharge, paidAtStripe }) => {
    const { url, id } = await refusedCharge('pm_card_chargeCustomerFail');
    const page = await open(url, viewport);
    await page.getByRole('alert').getByText('Your bank did not accept the payment').waitFor();
    expect(await page.getByRole('button').count()).toBe(1);
    await expectFit(page, viewport);
    await page.getByRole('button', { name: 'Pay with another card' }).click();
    await payOnCheckout(page);
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    await expectFit(page, viewport);
    expect(await paidAtStripe(id)).toMatchObject([{ amount: 3000 }]);
  });

  it('learns that a failed authentication cost nothing, and pays with another card', async ({
    open,
    refusedCharge,
    paidAtStripe,
  }) => {
    const { url, id } = await refusedCharge();
    const page = await open(url, viewport);
    await page.getByRole('button', { name: /^Confirm with your bank/ }).click();
    await page.getByRole('button', { name: 'Fail authentication' }).click();
    await page.getByRole('alert').getByText('Nothing was charged').waitFor();
    await expectFit(page, viewport);
    await page.getByRole('button', { name: 'Pay with another card' }).click();
    await payOnCheckout(page);
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    expect(await paidAtStripe(id)).toHaveLength(1);
  });

  it('is told of a link that is used, expired or forged', async ({ open, refusedCharge, clock }) => {
    const [used, expired] = [await refusedCharge(), await refusedCharge()];
    const page = await open(used.url, viewport);
    await page.getByRole('button', { name: /^Confirm with your bank/ }).click();
    await page.getByRole('button', { name: 'Complete authentication' }).click();
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    await page.goto(`${used.url}x`);
    await page.getByRole('heading', { name: 'This link is not valid' }).waitFor();
    await expectFit(page, viewport);
    clock.moveSeconds(24 * HOUR_SECONDS);
    await page.goto(expired.url);
    await page.getByRole('heading', { name: 'This link has expired' }).waitFor();
    await expectFit(page, viewport);
    expect(await page.getByText(/30\.00|Wellness/).count()).toBe(0);
  });
});

describe.each(['light', 'dark'] as const)('in %s mode', (colorScheme) => {
  it('everything can be read', async ({ open, refusedCharge }) => {
    const [waiting, declined] = [await refusedCharge(), await refusedCharge('pm_card_chargeCustomerFail')];
    for (const url of [waiting.url, declined.url, `${waiting.url}x`]) {
      const page = await open(url, PHONE, { colorScheme, javaScriptEnabled: true });
      expect(await accessibilityFaults(page)).toEqual([]);
    }
  });

  it('what has the focus is marked', async ({ open, refusedCharge }) => {
    const { url } = await refusedCharge();
    const page = await open(url, DESKTOP, { colorScheme });
    await page.keyboard.press('Tab');
    const ring = await page.evaluate<string>('getComputedStyle(document.activeElement).outlineColor');
    const paper = await page.evaluate<string>(
      "getComputedStyle(document.querySelector('section')).backgroundColor",
    );
    expect(contrastOf(ring, paper)).toBeGreaterThanOrEqual(NON_TEXT_CONTRAST_MIN);
  });
});

it.for(LANGUAGES)('fits a phone in the language %s', async (locale, { open, refusedCharge }) => {
  const page = await open((await refusedCharge()).url, PHONE, { locale });
  expect(await page.locator('html').getAttribute('lang')).toBe(locale);
  await expectFit(page, PHONE);
});

it('a keyboard is enough to authenticate', async ({ open, refusedCharge, paidAtStripe }) => {
  const { url, id } = await refusedCharge();
  const page = await open(url);
  const focused = page.locator(':focus');
  await page.keyboard.press('Tab');
  expect(await focused.textContent()).toMatch(/^Confirm with your bank/);
  expect(await page.locator('button:focus-visible').count()).toBe(1);
  await page.keyboard.press('Tab');
  expect(await focused.textContent()).toBe('Pay with another card');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Complete authentication' }).waitFor();
  await page.keyboard.press('Tab');
  expect(await focused.textContent()).toBe('Complete authentication');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Thank you' }).waitFor();
  expect(await paidAtStripe(id)).toHaveLength(1);
});

it('a page that was opened twice leads to the same page for another card', async ({
  open,
  refusedCharge,
  paidAtStripe,
}) => {
  const { url, id } = await refusedCharge();
  const [first, second] = [await open(url), await open(url, PHONE)];
  await first.getByRole('button', { name: 'Pay with another card' }).click();
  await first.getByRole('button', { name: 'Pay $30.00' }).waitFor();
  await second.getByRole('button', { name: 'Pay with another card' }).click();
  await second.getByRole('button', { name: 'Pay $30.00' }).waitFor();
  expect(second.url()).toBe(first.url());
  await payOnCheckout(first);
  await first.getByRole('heading', { name: 'Thank you' }).waitFor();
  await second.goto(url);
  await second.getByRole('heading', { name: 'Thank you' }).waitFor();
  expect(await paidAtStripe(id)).toHaveLength(1);
});
