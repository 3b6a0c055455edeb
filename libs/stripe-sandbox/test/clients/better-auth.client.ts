import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import type { Sandbox } from '../../create-sandbox.js';
import { priceOf } from '../club.js';
import { visit } from '../pages.js';
import { openReceiver, type Receiver } from '../receiver.js';
import { clientOf } from '../support.js';
import { installedStripe, loadPackage, openSandbox } from './clients.js';

const SITE = 'https://shop.example';

interface Auth {
  handler(request: Request): Promise<Response>;
}

type Row = Record<string, unknown>;
type Database = Record<string, Row[]>;

/** A site that signs users up and sells them two plans, in memory. */
async function openSite() {
  const receiver = await openReceiver();
  const { sandbox } = await openSandbox({ webhook: { url: receiver.url } });
  const stripe = clientOf(sandbox);
  const [basic, pro] = [await priceOf(stripe, 1000), await priceOf(stripe, 3000)];
  await offerPlans(stripe, [basic, pro]);
  const database: Database = { user: [], session: [], account: [], verification: [], subscription: [] };
  const auth = await createAuth(sandbox, database, { basic: basic.id, pro: pro.id });
  let cookie = '';
  /** Calls a route of the site as the browser of the user does. */
  const call = async (path: string, body: object): Promise<{ url?: string } & Row> => {
    const response = await auth.handler(
      new Request(`${SITE}/api/auth${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: SITE, cookie },
        body: JSON.stringify(body),
      }),
    );
    const cookies = response.headers.getSetCookie().map((each) => each.split(';')[0]);
    if (cookies.length > 0) cookie = cookies.join('; ');
    const text = await response.text();
    expect({ status: response.status, text }).toMatchObject({ status: 200 });
    return JSON.parse(text) as Row;
  };
  const learn = () => deliver(sandbox, receiver, auth);
  const subscription = () => database['subscription']![0]!;
  const current = () => stripe.subscriptions.retrieve(subscription()['stripeSubscriptionId'] as string);
  return { stripe, sandbox, database, call, learn, subscription, current, basic, pro };
}

/** Lets customers switch between the plans in the portal, as the dashboard does. */
async function offerPlans(stripe: Stripe, prices: Stripe.Price[]): Promise<void> {
  const { data } = await stripe.billingPortal.configurations.list({ is_default: true });
  const products = prices.map(({ id, product }) => ({ product: product as string, prices: [id] }));
  await stripe.billingPortal.configurations.update(data[0]!.id, {
    features: { subscription_update: { enabled: true, default_allowed_updates: ['price'], products } },
  });
}

async function createAuth(
  sandbox: Sandbox,
  database: Database,
  plans: Record<string, string>,
): Promise<Auth> {
  const { betterAuth } = await loadPackage<{ betterAuth: (options: object) => Auth }>('better-auth');
  const { memoryAdapter } = await loadPackage<{ memoryAdapter: (database: Database) => object }>(
    'better-auth/adapters/memory',
  );
  const { stripe } = await loadPackage<{ stripe: (options: object) => object }>('@better-auth/stripe');
  const plugin = stripe({
    stripeClient: await installedStripe(sandbox),
    stripeWebhookSecret: sandbox.webhookSecret,
    createCustomerOnSignUp: true,
    subscription: {
      enabled: true,
      plans: Object.entries(plans).map(([name, priceId]) => ({ name, priceId })),
    },
  });
  return betterAuth({
    baseURL: SITE,
    secret: 'not secret '.repeat(4),
    database: memoryAdapter(database),
    emailAndPassword: { enabled: true },
    plugins: [plugin],
  });
}

/** Hands the site the webhooks that are due. */
async function deliver(sandbox: Sandbox, receiver: Receiver, auth: Auth): Promise<void> {
  await sandbox.webhooks.flush();
  for (const { body, headers } of receiver.received.splice(0)) {
    const signature = headers['stripe-signature'] as string;
    const request = new Request(`${SITE}/api/auth/stripe/webhook`, {
      method: 'POST',
      headers: { 'stripe-signature': signature, 'content-type': 'application/json' },
      body,
    });
    expect((await auth.handler(request)).status).toBe(200);
  }
}

/** Follows a portal's URL to the page of its flow. */
const flowPage = async (url: string): Promise<string> =>
  new URL((await visit(url)).location ?? url, url).href;

test('a user signs up, subscribes, upgrades, cancels and restores', async () => {
  const { stripe, database, call, learn, subscription, current, basic, pro } = await openSite();
  const password = 'correct horse '.repeat(2);
  await call('/sign-up/email', { email: 'ada@example.com', name: 'Ada', password });
  const customer = database['user']![0]!['stripeCustomerId'] as string;
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ email: 'ada@example.com', name: 'Ada' });

  const redirects = { successUrl: '/done', cancelUrl: '/pricing', returnUrl: '/account' };
  const checkout = await call('/subscription/upgrade', { plan: 'basic', ...redirects });
  expect((await visit(checkout.url!, { number: '4242424242424242' })).status).toBe(303);
  await learn();
  expect(subscription()).toMatchObject({ plan: 'basic', status: 'active', stripeCustomerId: customer });

  const upgrade = await call('/subscription/upgrade', { plan: 'pro', ...redirects });
  expect((await visit(await flowPage(upgrade.url!), { price: pro.id })).status).toBe(303);
  await learn();
  expect(subscription()).toMatchObject({ plan: 'pro', status: 'active' });
  expect((await current()).items.data[0]!.price.id).toBe(pro.id);

  const cancel = await call('/subscription/cancel', { returnUrl: '/account' });
  expect((await visit(await flowPage(cancel.url!), {})).status).toBe(303);
  await learn();
  const canceled = await current();
  expect(canceled.cancel_at).not.toBeNull();
  expect(subscription()['canceledAt']).not.toBeNull();

  await call('/subscription/restore', {});
  expect(await current()).toMatchObject({ cancel_at: null, cancel_at_period_end: false, status: 'active' });

  const portal = await call('/subscription/billing-portal', { returnUrl: '/account' });
  expect((await visit(portal.url!)).text).toContain('Plan 3000');
  expect(basic.id).not.toBe(pro.id);
});

test('a change of plan for the end of the period is a schedule, which restoring releases', async () => {
  const { stripe, call, learn, subscription, current, basic } = await openSite();
  const password = 'correct horse '.repeat(2);
  await call('/sign-up/email', { email: 'bea@example.com', name: 'Bea', password });
  const redirects = { successUrl: '/done', cancelUrl: '/pricing', returnUrl: '/account' };
  const checkout = await call('/subscription/upgrade', { plan: 'pro', ...redirects });
  await visit(checkout.url!, { number: '4242424242424242' });
  await learn();
  await call('/subscription/upgrade', { plan: 'basic', scheduleAtPeriodEnd: true, ...redirects });
  const schedule = (await current()).schedule as string;
  const { phases } = await stripe.subscriptionSchedules.retrieve(schedule);
  expect(phases.at(-1)!.items).toMatchObject([{ price: basic.id }]);
  expect(subscription()).toMatchObject({ stripeScheduleId: schedule });
  await call('/subscription/restore', {});
  expect((await stripe.subscriptionSchedules.retrieve(schedule)).status).toBe('released');
  expect((await current()).schedule).toBeNull();
});
