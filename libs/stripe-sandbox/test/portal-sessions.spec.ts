import type { Stripe } from 'stripe';
import { expect } from 'vitest';
import { openClub } from './club.js';
import { failureOf, test } from './support.js';

// https://docs.stripe.com/api/customer_portal/configurations/object
test('a new configuration has the features that it was given, and the defaults of the others', async ({
  stripe,
}) => {
  const configuration = await stripe.billingPortal.configurations.create({
    features: {
      customer_update: { allowed_updates: ['email'], enabled: true },
      invoice_history: { enabled: true },
    },
  });
  expect(configuration).toMatchObject({
    id: expect.stringMatching(/^bpc_1[A-Za-z0-9]{23}$/),
    object: 'billing_portal.configuration',
    active: true,
    application: null,
    business_profile: { headline: null, privacy_policy_url: null, terms_of_service_url: null },
    default_return_url: null,
    features: {
      customer_update: { allowed_updates: ['email'], enabled: true },
      invoice_history: { enabled: true },
      payment_method_update: { enabled: false },
      subscription_cancel: {
        cancellation_reason: {
          enabled: false,
          options: ['too_expensive', 'missing_features', 'switched_service', 'unused', 'other'],
        },
        enabled: false,
        mode: 'at_period_end',
        proration_behavior: 'none',
      },
      subscription_update: { default_allowed_updates: [], enabled: false, proration_behavior: 'none' },
    },
    is_default: false,
    livemode: false,
    login_page: { enabled: false, url: null },
    metadata: {},
  });
  expect(await stripe.billingPortal.configurations.retrieve(configuration.id)).toEqual(configuration);
});

test('an update changes only the given settings, and products are shown on expansion', async ({
  stripe,
  clock,
}) => {
  const price = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 500,
    recurring: { interval: 'month' },
    product_data: { name: 'Pro' },
  });
  const { id } = await stripe.billingPortal.configurations.create({
    features: { subscription_cancel: { enabled: true, mode: 'immediately' } },
  });
  clock.advanceMs(5000);
  const products = [{ product: price.product as string, prices: [price.id] }];
  const updated = await stripe.billingPortal.configurations.update(id, {
    business_profile: { headline: 'Our shop' },
    features: { subscription_update: { enabled: true, default_allowed_updates: ['price'], products } },
    expand: ['features.subscription_update.products'],
  });
  expect(updated.features.subscription_cancel).toMatchObject({ enabled: true, mode: 'immediately' });
  expect(updated.features.subscription_update.products).toEqual([
    { ...products[0], adjustable_quantity: { enabled: false, maximum: null, minimum: 1 } },
  ]);
  expect(updated.business_profile.headline).toBe('Our shop');
  expect(updated.updated).toBe(updated.created + 5);
  const plain = await stripe.billingPortal.configurations.retrieve(id);
  expect(plain.features.subscription_update).not.toHaveProperty('products');
});

// https://docs.stripe.com/api/customer_portal/configurations/create
test('refuses prorations for a cancellation at the end of the period', async ({ stripe }) => {
  const features = {
    subscription_cancel: { enabled: true, proration_behavior: 'create_prorations' as const },
  };
  expect(await failureOf(stripe.billingPortal.configurations.create({ features }))).toMatchObject({
    statusCode: 400,
    param: 'features[subscription_cancel][proration_behavior]',
  });
});

// https://docs.stripe.com/api/customer_portal/sessions/object
test('a session without a configuration uses the default one', async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create({});
  const session = await stripe.billingPortal.sessions.create({
    customer,
    return_url: 'https://example.com/account',
  });
  const { data } = await stripe.billingPortal.configurations.list({ is_default: true });
  expect(data).toHaveLength(1);
  expect(session).toMatchObject({
    id: expect.stringMatching(/^bps_1[A-Za-z0-9]{23}$/),
    object: 'billing_portal.session',
    configuration: data[0]!.id,
    customer,
    flow: null,
    livemode: false,
    locale: null,
    on_behalf_of: null,
    return_url: 'https://example.com/account',
    url: expect.stringContaining('/p/session/test_'),
  });
});

test('refuses an unknown customer, and an inactive configuration', async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create({});
  expect(await failureOf(stripe.billingPortal.sessions.create({ customer: 'cus_none' }))).toMatchObject({
    statusCode: 400,
    code: 'resource_missing',
    param: 'customer',
  });
  const { id: configuration } = await stripe.billingPortal.configurations.create({
    features: { invoice_history: { enabled: true } },
  });
  await stripe.billingPortal.configurations.update(configuration, { active: false });
  expect(await failureOf(stripe.billingPortal.sessions.create({ customer, configuration }))).toMatchObject({
    statusCode: 400,
    param: 'configuration',
  });
});

// https://docs.stripe.com/customer-management/portal-deep-links
test('a flow shows what the customer will do', async () => {
  const { stripe, customer, subscribe } = await openClub();
  const { id: subscription } = await subscribe();
  const session = await stripe.billingPortal.sessions.create({
    customer,
    flow_data: {
      type: 'subscription_cancel',
      subscription_cancel: { subscription },
      after_completion: { type: 'redirect', redirect: { return_url: 'https://example.com/bye' } },
    },
  });
  expect(session.flow).toEqual({
    after_completion: {
      hosted_confirmation: null,
      redirect: { return_url: 'https://example.com/bye' },
      type: 'redirect',
    },
    customer_update: null,
    subscription_cancel: { retention: null, subscription },
    subscription_pause: null,
    subscription_update: null,
    subscription_update_confirm: null,
    type: 'subscription_cancel',
  });
});

test('refuses a flow that the configuration or the subscription does not allow', async () => {
  const { stripe, customer, subscribe } = await openClub();
  const { id: subscription } = await subscribe();
  const start = (flow_data: Stripe.BillingPortal.SessionCreateParams['flow_data']) =>
    failureOf(stripe.billingPortal.sessions.create({ customer, flow_data }));
  expect(await start({ type: 'subscription_update', subscription_update: { subscription } })).toMatchObject({
    statusCode: 400,
    message:
      'This subscription cannot be updated because the subscription update feature in the portal configuration is disabled.',
  });
  await stripe.subscriptions.update(subscription, { cancel_at_period_end: true });
  expect(await start({ type: 'subscription_cancel', subscription_cancel: { subscription } })).toMatchObject({
    statusCode: 400,
    message: expect.stringContaining('already set to be canceled'),
  });
});
