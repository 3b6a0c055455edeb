import { expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { DESKTOP, openPage, startBrowser } from '../../libs/stripe-sandbox/test/browser/browser.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { someUser } from '../support/saved-card.js';
import { startSubscription } from '../support/subscription.js';
import { customerOfUser } from '../support/user-customer.js';

const PHONE = { width: 390, height: 844 };
const returnUrl = 'https://example.com/account';

const it = paydeskTest()
  .extend('browser', { scope: 'file' }, async ({ paydesk: _started }, { onCleanup }) => {
    const browser = await startBrowser();
    onCleanup(() => browser.close());
    return browser;
  })
  /** A plan that customers may change to in the portal. */
  .extend('offered', { scope: 'file' }, async ({ paydesk: { stripe } }) => {
    const price = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 3000,
      recurring: { interval: 'month' },
      product_data: { name: 'Magazine, printed' },
    });
    const [configuration] = (await stripe.billingPortal.configurations.list({ is_default: true })).data;
    await stripe.billingPortal.configurations.update(String(configuration?.id), {
      features: {
        subscription_update: {
          enabled: true,
          default_allowed_updates: ['price'],
          products: [{ product: idOf(price.product) ?? '', prices: [price.id] }],
        },
      },
    });
    return price;
  })
  /** A subscriber, and the page that a flow opens for it. */
  .extend('subscriber', async ({ paydesk, shop, browser, offered: _offered }) => {
    const userId = someUser();
    const customer = await customerOfUser(paydesk, await paydesk.user(userId));
    const { id: subscription } = await startSubscription(paydesk.stripe, {}, customer);
    const open = async (flow: string, viewport = DESKTOP) => {
      const { status, body } = await shop.post('/portal', { userId, returnUrl, flow });
      expect(status).toBe(201);
      const page = await openPage(browser, viewport);
      await page.route('https://example.com/**', (route) => route.fulfill({ body: 'the shop' }));
      await page.goto(body.url);
      expect(await page.locator('html').evaluate(({ scrollWidth }) => scrollWidth)).toBe(viewport.width);
      return page;
    };
    return { customer, subscription, open };
  });

it.for([
  ['a phone', PHONE],
  ['a desktop', DESKTOP],
] as const)(
  'on %s, each flow opens its page, which does what it says',
  async ([, viewport], { paydesk: { stripe }, offered, subscriber }) => {
    const { customer, subscription, open } = subscriber;

    const card = await open('payment-method', viewport);
    await card.getByRole('heading', { name: 'Add payment method' }).waitFor();
    await card.getByLabel('Card number').fill('5555 5555 5555 4444');
    await card.getByLabel('Expiry').fill('12/34');
    await card.getByLabel('Security code').fill('123');
    await card.getByRole('button', { name: 'Add' }).click();
    await card.getByText('•••• 4444').waitFor();
    const { invoice_settings: settings } = await stripe.customers
      .retrieve(customer, { expand: ['invoice_settings.default_payment_method'] })
      .then((found) => (found.deleted ? Promise.reject(new Error('deleted')) : found));
    expect(settings.default_payment_method).toMatchObject({ card: { last4: '4444' } });

    const update = await open('update', viewport);
    await update.getByRole('heading', { name: /^Update Magazine/ }).waitFor();
    await update.getByLabel('Plan').selectOption(offered.id);
    await update.getByRole('button', { name: 'Confirm' }).click();
    await update.getByRole('heading', { name: 'Magazine, printed' }).waitFor();
    const updated = await stripe.subscriptions.retrieve(subscription);
    expect(updated.items.data.map(({ price }) => price.id)).toEqual([offered.id]);

    const cancel = await open('cancel', viewport);
    await cancel.getByRole('heading', { name: /^Cancel Magazine/ }).waitFor();
    await cancel.getByRole('button', { name: 'Cancel plan' }).click();
    await cancel.getByRole('button', { name: "Don't cancel plan" }).waitFor();
    expect((await stripe.subscriptions.retrieve(subscription)).cancel_at_period_end).toBe(true);
    await cancel.getByRole('link', { name: /Return to the shop/ }).click();
    await cancel.waitForURL(returnUrl);
  },
);
