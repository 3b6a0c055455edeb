import type { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import { openClub, priceOf } from './club.js';
import { visit } from './pages.js';

type Features = Stripe.BillingPortal.ConfigurationCreateParams['features'];

/** A customer with a subscription and a portal session. */
async function openPortal(
  features?: Features,
  flow_data?: (subscription: Stripe.Subscription) => Stripe.BillingPortal.SessionCreateParams['flow_data'],
) {
  const club = await openClub();
  const { stripe, customer, subscribe } = club;
  const subscription = await subscribe();
  const configuration = features && (await stripe.billingPortal.configurations.create({ features })).id;
  const session = await stripe.billingPortal.sessions.create({
    customer,
    configuration,
    return_url: 'https://example.com/account',
    flow_data: flow_data?.(subscription),
  });
  const current = () => stripe.subscriptions.retrieve(subscription.id);
  return { ...club, subscription, session, url: session.url, current };
}

/** The path of the first link whose text is `label`. */
const linkTo = (text: string, label: string): string | undefined =>
  new RegExp(`href="([^"]+)"[^>]*>${label}<`).exec(
    text.replaceAll(/>\s+/g, '>').replaceAll(/\s+</g, '<'),
  )?.[1];

test('the portal shows the plan, the card and the invoices, with a link back', async () => {
  const { stripe, card, url } = await openPortal();
  const { card: details } = await stripe.paymentMethods.retrieve(card);
  const { status, text } = await visit(url);
  expect(status).toBe(200);
  expect(text).toContain('Plan 1000');
  expect(text).toContain('$10.00 per month');
  expect(text).toContain('Renews on December 1, 2026');
  expect(text).toMatch(/visa •••• 4242\s*<small>Default</);
  expect(text).toContain(`<small>Expires ${details!.exp_month}/${details!.exp_year}<`);
  expect(linkTo(text, '← Return to the shop')).toBe('https://example.com/account');
  expect(linkTo(text, 'November 1, 2026')).toContain('/i/in_');
  expect(linkTo(text, 'Update plan')).toBeUndefined();
});

test('an unknown session has no page', async () => {
  const { sandbox } = await openClub();
  expect((await visit(`${sandbox.url}/p/session/test_none`)).status).toBe(404);
});

test('the customer cancels at the end of the period, and takes it back', async () => {
  const { sandbox, url, current } = await openPortal();
  const path = linkTo((await visit(url)).text, 'Cancel plan')!;
  const { status, location } = await visit(sandbox.url + path, {});
  expect(status).toBe(303);
  expect(await current()).toMatchObject({ cancel_at_period_end: true, status: 'active' });
  const { text } = await visit(new URL(location!, url).href);
  expect(text).toContain('Ends on December 1, 2026');
  await visit(url, { action: 'renew', subscription: (await current()).id });
  expect(await current()).toMatchObject({ cancel_at_period_end: false, cancel_at: null });
});

test('the customer gives a reason, and a configuration can cancel at once', async () => {
  const { sandbox, url, current } = await openPortal({
    subscription_cancel: {
      enabled: true,
      mode: 'immediately',
      cancellation_reason: { enabled: true, options: ['too_expensive', 'other'] },
    },
  });
  const path = linkTo((await visit(url)).text, 'Cancel plan')!;
  expect((await visit(sandbox.url + path)).text).toContain('too expensive');
  await visit(sandbox.url + path, { feedback: 'too_expensive' });
  expect(await current()).toMatchObject({
    status: 'canceled',
    cancellation_details: { feedback: 'too_expensive', reason: 'cancellation_requested' },
  });
});

test('the customer switches to a price that the configuration offers, and to no other', async () => {
  const { stripe, sandbox, subscription, customer, current } = await openPortal();
  const [offered, other] = [await priceOf(stripe, 3000), await priceOf(stripe, 100)];
  const configuration = await stripe.billingPortal.configurations.create({
    features: {
      subscription_update: {
        enabled: true,
        default_allowed_updates: ['price'],
        products: [{ product: offered.product as string, prices: [offered.id] }],
        proration_behavior: 'none',
      },
    },
  });
  const { url } = await stripe.billingPortal.sessions.create({ customer, configuration: configuration.id });
  const page = sandbox.url + linkTo((await visit(url)).text, 'Update plan')!;
  expect((await visit(page)).text).toContain('Plan 3000: $30.00 per month');
  expect((await visit(page, { price: other.id })).status).toBe(402);
  expect((await visit(page, { price: offered.id, quantity: '5' })).status).toBe(402);
  expect((await current()).items.data[0]!.price.id).toBe(subscription.items.data[0]!.price.id);
  expect((await visit(page, { price: offered.id })).status).toBe(303);
  expect((await current()).items.data[0]).toMatchObject({ price: { id: offered.id }, quantity: 1 });
});

test('a card that declines leaves the plan as it was', async () => {
  const { stripe, sandbox, customer, current } = await openPortal();
  const offered = await priceOf(stripe, 3000);
  const { id: configuration } = await stripe.billingPortal.configurations.create({
    features: {
      subscription_update: {
        enabled: true,
        default_allowed_updates: ['price'],
        products: [{ product: offered.product as string, prices: [offered.id] }],
        proration_behavior: 'always_invoice',
      },
    },
  });
  const card = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
  const invoice_settings = { default_payment_method: card.id };
  await stripe.customers.update(customer, { invoice_settings });
  const { url } = await stripe.billingPortal.sessions.create({ customer, configuration });
  const page = sandbox.url + linkTo((await visit(url)).text, 'Update plan')!;
  const { status, text } = await visit(page, { price: offered.id });
  expect(status).toBe(402);
  expect(text).toContain('Your card was declined.');
  expect((await current()).items.data[0]!.price.unit_amount).toBe(1000);
});

test('the customer adds a card, makes it the default, and removes the old one', async () => {
  const { stripe, sandbox, url, customer, card } = await openPortal();
  const path = linkTo((await visit(url)).text, 'Add payment method')!;
  expect((await visit(sandbox.url + path, { number: '4000000000000002' })).status).toBe(402);
  expect((await visit(sandbox.url + path, { number: '5555555555554444' })).status).toBe(303);
  const { data } = await stripe.customers.listPaymentMethods(customer);
  const added = data.find(({ id }) => id !== card)!;
  expect(added.card).toMatchObject({ last4: '4444' });
  await visit(url, { action: 'default', payment_method: added.id });
  await visit(url, { action: 'remove', payment_method: card });
  expect(await stripe.customers.retrieve(customer)).toMatchObject({
    invoice_settings: { default_payment_method: added.id },
  });
  expect((await stripe.paymentMethods.retrieve(card)).customer).toBeNull();
});

// https://docs.stripe.com/customer-management/portal-deep-links
test('a card that was added to update the payment method is the default, also after a challenge', async () => {
  const { stripe, sandbox, url, customer, card } = await openPortal(
    { payment_method_update: { enabled: true } },
    () => ({
      type: 'payment_method_update',
      after_completion: { type: 'redirect', redirect: { return_url: 'https://example.com/thanks' } },
    }),
  );
  const page = new URL((await visit(url)).location!, url).href;
  const challenge = await visit(page, { number: '4000002760003184' });
  const returned = await visit(challenge.location!, { result: 'complete' });
  expect((await visit(returned.location!)).location).toBe('https://example.com/thanks');
  const { invoice_settings } = (await stripe.customers.retrieve(customer)) as Stripe.Customer;
  expect(invoice_settings.default_payment_method).not.toBe(card);
  const failed = await visit((await visit(page, { number: '4000002760003184' })).location!, {
    result: 'fail',
  });
  const again = await visit(failed.location!);
  expect(again).toMatchObject({ status: 402 });
  const [, action] = /<form[^>]* action="([^"]+)"/.exec(again.text)!;
  expect((await visit(sandbox.url + action, { number: '4242424242424242' })).location).toBe(
    'https://example.com/thanks',
  );
});

test('a flow confirms an update, and then leads where it says', async () => {
  const club = await openPortal();
  const { stripe, customer, subscription, current } = club;
  const offered = await priceOf(stripe, 3000);
  const { id: configuration } = await stripe.billingPortal.configurations.create({
    features: {
      subscription_update: {
        enabled: true,
        default_allowed_updates: ['price', 'quantity'],
        products: [{ product: offered.product as string, prices: [offered.id] }],
      },
    },
  });
  const items = [{ id: subscription.items.data[0]!.id, price: offered.id }];
  const { url } = await stripe.billingPortal.sessions.create({
    customer,
    configuration,
    flow_data: {
      type: 'subscription_update_confirm',
      subscription_update_confirm: { subscription: subscription.id, items },
      after_completion: { type: 'hosted_confirmation', hosted_confirmation: { custom_message: 'Enjoy!' } },
    },
  });
  const page = new URL((await visit(url)).location!, url).href;
  expect((await visit(page)).text).toContain('Confirm your updates');
  const { location } = await visit(page, { price: offered.id });
  expect((await visit(new URL(location!, url).href)).text).toContain('Enjoy!');
  expect((await current()).items.data[0]!.price.id).toBe(offered.id);
});

test('the customer changes what the configuration allows', async () => {
  const { stripe, sandbox, url, customer } = await openPortal({
    customer_update: { allowed_updates: ['email', 'address'], enabled: true },
  });
  const page = sandbox.url + linkTo((await visit(url)).text, 'Update information')!;
  expect((await visit(page, { email: 'nope' })).status).toBe(402);
  expect((await visit(page, { phone: '123' })).status).toBe(402);
  await visit(page, { email: 'bea@example.com', 'address[line1]': '1 Main St', 'address[country]': 'US' });
  expect(await stripe.customers.retrieve(customer)).toMatchObject({
    email: 'bea@example.com',
    address: { line1: '1 Main St', country: 'US', city: null },
    phone: null,
  });
});

test('features that the configuration switches off have no pages', async () => {
  const { url, subscription } = await openPortal({ invoice_history: { enabled: true } });
  const { text } = await visit(url);
  for (const label of ['Cancel plan', 'Update plan', 'Add payment method', 'Update information']) {
    expect(text).not.toContain(label);
  }
  for (const path of [
    `cancel/${subscription.id}`,
    `update/${subscription.id}`,
    'payment-methods',
    'customer',
  ]) {
    expect((await visit(`${url}/${path}`)).status).toBe(404);
  }
});
