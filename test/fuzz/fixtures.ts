import type pg from 'pg';
import type Stripe from 'stripe';
import { idOf } from '#stripe/id-of.js';
import { Caller } from '../support/caller.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import { startSubscription } from '../support/subscription.js';
import { type Credentials, PARTNER, USER } from './credentials.js';
import type { Pool } from './pool.js';

/** Requests use up what they refund, cancel or expire, so that there are several of each. */
const COPIES = 8;
const USERS = [USER, 'bob'];

/** Creates objects of every kind through the service, or at Stripe where it creates none. */
export async function createPool(
  url: string,
  credentials: Credentials,
  stripe: Stripe,
  database: pg.Pool,
): Promise<Pool> {
  const partner = new Caller(url, await credentials.get('partner'));
  const service = new Caller(url, await credentials.get('service'));
  const user = new Caller(url, await credentials.get('user'));
  expectStatus(await user.post('/payments/create-setup-intent'), 201);

  const cards: string[] = [];
  const payments: string[] = [];
  for (const userId of USERS) {
    const card = await saveCard(partner, stripe, userId);
    cards.push(card);
    for (let copy = 0; copy < COPIES; copy++) payments.push(await charge(partner, userId, card));
  }
  const sessions = [];
  for (let copy = 0; copy < COPIES; copy++) sessions.push(...(await checkouts(service)));
  const subscriptions = [];
  for (let copy = 0; copy < COPIES; copy++) subscriptions.push((await startSubscription(stripe)).id);
  const intents = await Promise.all(payments.map((id) => stripe.paymentIntents.retrieve(id)));
  return {
    user: USERS,
    tenant: [PARTNER],
    pm: cards,
    pi: payments,
    ch: intents.map((intent) => idOf(intent.latest_charge) ?? ''),
    cs: sessions,
    sub: subscriptions,
    ...(await catalog(stripe)),
    operation: await storedIds(database, 'operations'),
    review: await reviews(database),
    endpoint: await createEndpoints([partner, service]),
    notification: await storedIds(database, 'notifications'),
    evt: await insertEvents(database),
  };
}

async function storedIds(database: pg.Pool, table: 'operations' | 'notifications'): Promise<string[]> {
  const { rows } = await database.query<{ id: string }>(`select id from ${table} limit 20`);
  return rows.map(({ id }) => id);
}

/** Turns operations into some that need a review, which otherwise takes 23 hours. */
async function reviews(database: pg.Pool): Promise<string[]> {
  const { rows } = await database.query<{ id: string }>(`
    update operations set state = 'needs-review'
    where id in (select id from operations order by id desc limit ${COPIES}) returning id
  `);
  return rows.map(({ id }) => id);
}

async function createEndpoints(owners: readonly Caller[]): Promise<string[]> {
  const ids: string[] = [];
  for (const owner of owners) {
    for (let copy = 0; copy < COPIES; copy++) {
      const created = await owner.post('/notification-endpoints', { url: 'https://receiver.example' });
      ids.push(expectStatus(created, 201).body.id);
    }
  }
  return ids;
}

/** The leases of their objects never end, so that no worker calls Stripe while a request is observed. */
async function insertEvents(database: pg.Pool): Promise<string[]> {
  const { rows } = await database.query<{ id: string }>(`
    with targets as (
      insert into event_targets (id, kind, object_id, lease_id, lease_expires_at, retry_at)
      select 'customer:cus_' || copy, 'customer', 'cus_' || copy, gen_random_uuid(), 'infinity', now()
      from generate_series(1, ${COPIES}) copy returning id, object_id
    )
    insert into webhook_events (id, type, object_id, target_id, state, received_at)
    select 'evt_' || object_id, 'customer.updated', object_id, id, 'stored', now() from targets returning id
  `);
  return rows.map(({ id }) => id);
}

async function saveCard(partner: Caller, stripe: Stripe, userId: string): Promise<string> {
  const answer = expectStatus(await partner.post(`/partners/user/${userId}/setup_intent`), 201);
  const [id = ''] = String(answer.body.client_secret).split('_secret_');
  const intent = await stripe.setupIntents.confirm(id, {
    payment_method: 'pm_card_visa',
    return_url: 'https://example.com',
  });
  return idOf(intent.payment_method) ?? '';
}

async function charge(partner: Caller, userId: string, card: string): Promise<string> {
  const answer = expectStatus(
    await partner.post(`/partners/user/${userId}/payment_intent`, {
      amount: '30000',
      description: 'Wellness exam',
      stripe_payment_method_id: card,
    }),
    201,
  );
  return answer.headers.get('location')?.split('/').at(-1) ?? '';
}

/** A paid and an open session, and one that has started a subscription. */
async function checkouts(service: Caller): Promise<string[]> {
  const body = { amount: '500.00', userId: USER, ...redirects };
  const paid = expectStatus(await service.post('/pay', body), 201);
  const open = expectStatus(await service.post('/pay', body), 201);
  const subscribed = expectStatus(await service.post('/pay/recurrent', { ...body, interval: 'month' }), 201);
  await payOnPage(paid.body.redirectToUrl);
  await payOnPage(subscribed.body.redirectToUrl);
  return [paid, open, subscribed].map((answer) => answer.body.paymentID);
}

async function catalog(stripe: Stripe): Promise<Pool> {
  const product = await stripe.products.create({ name: 'Magazine' });
  const price = { product: product.id, currency: 'usd', unit_amount: 1000 };
  const once = await stripe.prices.create(price);
  const monthly = await stripe.prices.create({ ...price, recurring: { interval: 'month' } });
  const customers = await Promise.all([stripe.customers.create(), stripe.customers.create()]);
  return { prod: [product.id], price: [once.id, monthly.id], cus: customers.map(({ id }) => id) };
}

function expectStatus<Answer extends { status: number; body: unknown }>(
  answer: Answer,
  status: number,
): Answer {
  if (answer.status === status) return answer;
  throw new Error(`${answer.status} in place of ${status}: ${JSON.stringify(answer.body)}`);
}
