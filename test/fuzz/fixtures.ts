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
/** Users may subscribe to these products. An upgrade takes one of them, so that there are several. */
export const OFFERED_PRODUCTS = ['prod_daily', 'prod_weekly', 'prod_monthly'];
/** Different ones, because a card that is saved twice is shown and removed as one. */
const TEST_CARDS = ['visa', 'mastercard', 'amex', 'discover', 'diners', 'jcb', 'unionpay', 'visa_debit'];

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

  const cards = await saveCards(user, '/payments/create-setup-intent', stripe);
  const payments: string[] = [];
  for (const userId of USERS) {
    const saved = await saveCards(partner, `/partners/user/${userId}/setup_intent`, stripe);
    cards.push(...saved);
    for (const card of saved)
      for (const capture of ['automatic', 'manual'])
        payments.push(await charge(partner, userId, card, capture));
  }
  const sessions = [];
  for (let copy = 0; copy < COPIES; copy++) sessions.push(...(await checkouts(service)));
  const subscriptions = [];
  for (let copy = 0; copy < COPIES; copy++) subscriptions.push((await startSubscription(stripe)).id);
  const charges = await stripe.charges.list({ limit: 100 });
  return {
    user: USERS,
    tenant: [PARTNER],
    du: await disputes(service),
    pm: cards,
    pi: payments,
    ch: charges.data.map(({ id }) => id),
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

/** Saves each of the cards through a route that creates a SetupIntent. */
async function saveCards(caller: Caller, path: string, stripe: Stripe): Promise<string[]> {
  const ids: string[] = [];
  for (const card of TEST_CARDS) {
    const { body } = expectStatus(await caller.post(path), 201);
    const [id = ''] = String(body.client_secret ?? body.clientSecret).split('_secret_');
    const intent = await stripe.setupIntents.confirm(id, {
      payment_method: `pm_card_${card}`,
      return_url: 'https://example.com',
    });
    ids.push(idOf(intent.payment_method) ?? '');
  }
  return ids;
}

async function charge(partner: Caller, userId: string, card: string, capture: string): Promise<string> {
  const answer = expectStatus(
    await partner.post(`/partners/user/${userId}/payment_intent`, {
      amount: '30000',
      description: 'Wellness exam',
      stripe_payment_method_id: card,
      capture,
    }),
    201,
  );
  return answer.headers.get('location')?.split('/').at(-1) ?? '';
}

/** A paid, an authorized and an open session, and one that has started a subscription. */
async function checkouts(service: Caller): Promise<string[]> {
  const body = { amount: '500.00', userId: USER, ...redirects };
  const paid = expectStatus(await service.post('/pay', body), 201);
  const authorized = expectStatus(await service.post('/pay', { ...body, capture: 'manual' }), 201);
  const open = expectStatus(await service.post('/pay', body), 201);
  const subscribed = expectStatus(await service.post('/pay/recurrent', { ...body, interval: 'month' }), 201);
  await payOnPage(paid.body.redirectToUrl);
  await payOnPage(authorized.body.redirectToUrl);
  await payOnPage(subscribed.body.redirectToUrl);
  return [paid, authorized, open, subscribed].map((answer) => answer.body.paymentID);
}

/** Payments whose customers dispute them: https://docs.stripe.com/testing#disputes */
async function disputes(service: Caller): Promise<string[]> {
  const ids: string[] = [];
  for (let copy = 0; copy < COPIES; copy++) {
    const { body } = expectStatus(
      await service.post('/pay', { amount: '5.00', userId: USER, ...redirects }),
      201,
    );
    await payOnPage(body.redirectToUrl, '4000000000000259');
    expectStatus(await service.get(`/check?paymentID=${body.paymentID}`), 200);
    const payment = expectStatus(await service.get(`/pay/payments/${body.paymentID}`), 200);
    ids.push(payment.body.disputes[0].disputeID);
  }
  return ids;
}

async function catalog(stripe: Stripe): Promise<Pool> {
  const { id: unoffered } = await stripe.products.create({ name: 'Magazine' });
  for (const id of OFFERED_PRODUCTS) await stripe.products.create({ id, name: id });
  const products = [unoffered, ...OFFERED_PRODUCTS];
  const prices: string[] = [];
  for (const product of products) {
    const price = { product, currency: 'usd', unit_amount: 1000 };
    prices.push((await stripe.prices.create(price)).id);
    prices.push((await stripe.prices.create({ ...price, recurring: { interval: 'month' } })).id);
  }
  const customers = await Promise.all([stripe.customers.create(), stripe.customers.create()]);
  return { prod: products, price: prices, cus: customers.map(({ id }) => id) };
}

function expectStatus<Answer extends { status: number; body: unknown }>(
  answer: Answer,
  status: number,
): Answer {
  if (answer.status === status) return answer;
  throw new Error(`${answer.status} in place of ${status}: ${JSON.stringify(answer.body)}`);
}
