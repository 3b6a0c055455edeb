import { createHmac, randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { query } from '../support/database.js';
import { saveCard, someUser } from '../support/saved-card.js';
import { paydeskTest } from '../support/paydesk-test.js';

const SECRET = 'whsec_new';
const OLD_SECRET = 'whsec_old';
const REFUSED = { status: 400, type: 'urn:paydesk:invalid-request' };

interface Delivery {
  payload?: string;
  secret?: string;
  ageSeconds?: number;
  signature?: string | null;
}

/** https://docs.stripe.com/webhooks#verify-manually */
function signatureOf(payload: string, secret: string, timestamp: number): string {
  const mac = createHmac('sha256', secret).update(`${timestamp}.${payload}`).digest('hex');
  return `t=${timestamp},v1=${mac},v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39`;
}

/** An event as Stripe would send it: https://docs.stripe.com/api/events/object */
function eventOf(type: string, object: object, id = `evt_${randomUUID()}`): string {
  return JSON.stringify({ id, object: 'event', type, data: { object } }, null, 2);
}

const it = paydeskTest({ environment: { STRIPE_WEBHOOK_SECRET: `${SECRET}, ${OLD_SECRET}` } })
  .extend('deliver', ({ paydesk, clock }) => async (delivery: Delivery) => {
    const {
      payload = eventOf('product.created', { id: 'prod_1' }),
      secret = SECRET,
      ageSeconds = 0,
    } = delivery;
    const timestamp = Math.floor(clock.now().getTime() / 1000) - ageSeconds;
    const made = signatureOf(payload, secret, timestamp);
    const { signature = made } = delivery;
    const response = await fetch(`${paydesk.url}/webhooks/stripe`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        ...(signature !== null && { 'stripe-signature': signature }),
      },
      body: payload,
    });
    const text = await response.text();
    return { status: response.status, ...(text && { type: JSON.parse(text).type }) };
  })
  .extend('isKnown', ({ paydesk }) => async (card: string) => {
    const statement = 'select 1 from attached_payment_methods where payment_method_id = $1';
    return (await query(paydesk, statement, [card])).length === 1;
  })
  .extend('handledAt', ({ paydesk }) => (eventId: string) => {
    const statement = 'select handled_at is not null as handled from webhook_events where id = $1';
    return query(paydesk, statement, [eventId]);
  });

describe('POST /webhooks/stripe', () => {
  describe('accepts', () => {
    it.for<[string, Delivery]>([
      ['what is signed with the newest secret', { secret: SECRET }],
      ['what is signed with one that is being replaced', { secret: OLD_SECRET }],
      ['what is some minutes old', { ageSeconds: 295 }],
      ['what is some minutes ahead', { ageSeconds: -295 }],
      [
        'an event about something without an id',
        { payload: eventOf('balance.available', { object: 'balance' }) },
      ],
      [
        'bytes as they are',
        { payload: `\n ${eventOf('product.created', { id: 'prod_1', name: 'Caffè ☕' })}\t` },
      ],
      ['a large event', { payload: eventOf('invoice.paid', { id: 'in_1', text: 'x'.repeat(900_000) }) }],
    ])('%s', async ([_what, delivery], { deliver }) => {
      expect(await deliver(delivery)).toEqual({ status: 200 });
    });
  });

  describe('refuses, without a reason,', () => {
    it.for<[string, Delivery]>([
      ['what is signed with another secret', { secret: 'whsec_other' }],
      ['what is older than five minutes', { ageSeconds: 301 }],
      ['what is more than five minutes ahead', { ageSeconds: -305 }],
      ['what is not signed', { signature: null }],
      ['a signature that is none', { signature: 't=1,v0=00' }],
      ['what is signed but no JSON', { payload: 'evt_1' }],
      ['an empty body', { payload: '' }],
    ])('%s', async ([_what, delivery], { deliver }) => {
      expect(await deliver(delivery)).toEqual(REFUSED);
    });

    // stripe-node takes the last timestamp, and ignores what follows its digits.
    it.for<[string, (timestamp: number) => string]>([
      ['text after a timestamp of the future', (now) => `${now + 1000}x`],
      ['a fraction of a second', (now) => `${now}.5`],
      ['an exponent', () => '1e9'],
      ['a sign', (now) => `+${now}`],
      ['a space', (now) => ` ${now}`],
      ['two timestamps', (now) => `${now + 1000},t=${now}`],
      ['a timestamp again', (now) => `${now},t=${now + 1000}`],
      ['a repeated name', (now) => `t=${now}`],
    ])('%s', async ([_what, timestampOf], { clock, deliver }) => {
      const now = Math.floor(clock.now().getTime() / 1000);
      const timestamp = timestampOf(now);
      const payload = eventOf('product.created', { id: 'prod_1' });
      const signed = Number.parseInt(timestamp.split('=').at(-1) ?? '', 10);
      const [, ...rest] = signatureOf(payload, SECRET, signed).split(',');
      const signature = [`t=${timestamp}`, ...rest].join(',');
      expect(await deliver({ payload, signature })).toEqual(REFUSED);
    });

    it('a changed body', async ({ clock, deliver }) => {
      const timestamp = Math.floor(clock.now().getTime() / 1000);
      const payload = eventOf('product.created', { id: 'prod_1' });
      const signature = signatureOf(payload, SECRET, timestamp);
      expect(await deliver({ payload: payload.replace('prod_1', 'prod_2'), signature })).toEqual(REFUSED);
      expect(await deliver({ payload: JSON.stringify(JSON.parse(payload)), signature })).toEqual(REFUSED);
      expect(await deliver({ payload, signature })).toEqual({ status: 200 });
    });
  });

  it('refuses another content type, and a body that is too large', async ({ paydesk, clock, deliver }) => {
    const signature = signatureOf('evt_1', SECRET, Math.floor(clock.now().getTime() / 1000));
    const text = await fetch(`${paydesk.url}/webhooks/stripe`, {
      method: 'POST',
      headers: { 'stripe-signature': signature },
      body: 'evt_1',
    });
    expect(text.status).toBe(415);
    const large = eventOf('invoice.paid', { id: 'in_1', text: 'x'.repeat(1024 * 1024) });
    expect(await deliver({ payload: large })).toMatchObject({ status: 413 });
  });

  it('does not change the body limit of other routes', async ({ paydesk }) => {
    const shop = await paydesk.service();
    expect((await shop.post('/refund', { paymentID: 'x'.repeat(200_000) })).status).toBe(413);
  });

  it('handles a repeated event once', async ({ paydesk, deliver, handledAt }) => {
    const customer = await paydesk.stripe.customers.create({});
    const id = `evt_${randomUUID()}`;
    const payload = eventOf('customer.deleted', { id: customer.id }, id);
    expect(await deliver({ payload })).toEqual({ status: 200 });
    const before = paydesk.stripeCalls.length;
    expect(await deliver({ payload })).toEqual({ status: 200 });
    expect(paydesk.stripeCalls.slice(before)).toEqual([]);
    expect(await handledAt(id)).toEqual([{ handled: true }]);
  });

  it('returns an error for an event that it could not handle, so that Stripe sends it again', async ({
    paydesk,
    deliver,
    handledAt,
  }) => {
    const partner = await paydesk.partner('acme');
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    const customer = idOf((await paydesk.stripe.paymentMethods.retrieve(card)).customer) ?? '';
    await paydesk.stripe.customers.del(customer);
    const id = `evt_${randomUUID()}`;
    const payload = eventOf('customer.deleted', { id: customer }, id);
    paydesk.sandbox.faults.add({ path: '/v1/customers/*', kinds: ['error_before_effect'], share: 1 });
    expect(await deliver({ payload })).toEqual({ status: 503, type: 'urn:paydesk:outcome-unknown' });
    expect(await handledAt(id)).toEqual([{ handled: false }]);
    paydesk.sandbox.faults.clear();
    expect(await deliver({ payload })).toEqual({ status: 200 });
    expect(await handledAt(id)).toEqual([{ handled: true }]);
    const owners = 'select generation from customers where user_id = $1 and stripe_customer_id is null';
    expect(await query(paydesk, owners, [user])).toEqual([{ generation: 2 }]);
  });

  describe.each([
    { type: 'customer.deleted', objectId: 'cus_ofAnotherAccount', path: '/v1/customers/*' },
    { type: 'refund.failed', objectId: 're_ofAnotherAccount', path: '/v1/refunds/*' },
    { type: 'refund.updated', objectId: 're_ofAnotherAccount', path: '/v1/refunds/*' },
    { type: 'charge.refund.updated', objectId: 're_ofAnotherAccount', path: '/v1/refunds/*' },
    { type: 'payment_method.attached', objectId: 'pm_ofAnotherAccount', path: '/v1/payment_methods/*' },
    { type: 'payment_method.detached', objectId: 'pm_ofAnotherAccount', path: '/v1/payment_methods/*' },
    { type: 'setup_intent.succeeded', objectId: 'seti_ofAnotherAccount', path: '/v1/setup_intents/*' },
  ])('$type about an object that our key can not see', ({ type, objectId, path }) => {
    // Stripe would send it for three days otherwise: https://docs.stripe.com/webhooks#retries
    it('is accepted and logged', async ({ paydesk, deliver, handledAt }) => {
      const id = `evt_${randomUUID()}`;
      expect(await deliver({ payload: eventOf(type, { id: objectId }, id) })).toEqual({ status: 200 });
      expect(await handledAt(id)).toEqual([{ handled: true }]);
      const lines = paydesk.log.filter(({ event }) => event === id);
      expect(lines).toMatchObject([{ type, objectId, msg: 'Stripe does not know the object of this event' }]);
    });

    it.for(['no_permission', 'lock_timeout', 'rate_limit', 'error_before_effect'] as const)(
      'is sent again as long as Stripe answers with %s',
      async (fault, { paydesk, clock, deliver, handledAt }) => {
        const id = `evt_${randomUUID()}`;
        const payload = eventOf(type, { id: objectId }, id);
        paydesk.sandbox.faults.add({ path, kinds: [fault], share: 1 });
        expect(await deliver({ payload })).toMatchObject({ status: 503 });
        expect(await handledAt(id)).toEqual([{ handled: false }]);
        paydesk.sandbox.faults.clear();
        // After a rate limit we pause calls.
        clock.moveSeconds(60);
        expect(await deliver({ payload })).toEqual({ status: 200 });
      },
    );
  });

  it('asks Stripe whether a customer is really deleted', async ({ paydesk, deliver }) => {
    const partner = await paydesk.partner('acme');
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    const { customer } = await paydesk.stripe.paymentMethods.retrieve(card);
    expect(await deliver({ payload: eventOf('customer.deleted', { id: customer }) })).toEqual({
      status: 200,
    });
    expect(await partner.get(`/partners/user/${user}/payment_methods`)).toMatchObject({
      body: [{ stripe_payment_method_id: card }],
    });
  });

  it.for([
    ['payment_method.attached', 'card'],
    ['payment_method.automatically_updated', 'card'],
    ['setup_intent.succeeded', 'setupIntent'],
  ] as const)('remembers the card of %s', async ([type, object], { paydesk, deliver, isKnown }) => {
    const partner = await paydesk.partner('acme');
    const card = await saveCard(paydesk, partner, someUser());
    const { data } = await paydesk.stripe.setupIntents.list({ payment_method: card });
    const id = object === 'card' ? card : data[0]?.id;
    expect(await isKnown(card)).toBe(false);
    expect(await deliver({ payload: eventOf(type, { id }) })).toEqual({ status: 200 });
    expect(await isKnown(card)).toBe(true);
  });

  it.for([
    ['payment_method.attached', 'card'],
    ['payment_method.detached', 'card'],
    ['setup_intent.succeeded', 'setupIntent'],
  ] as const)(
    'does not remember the card of a late %s if it is detached by now',
    async ([type, object], { paydesk, deliver, isKnown }) => {
      const partner = await paydesk.partner('acme');
      const card = await saveCard(paydesk, partner, someUser());
      const { data } = await paydesk.stripe.setupIntents.list({ payment_method: card });
      const id = object === 'card' ? card : data[0]?.id;
      await paydesk.stripe.paymentMethods.detach(card);
      expect(await deliver({ payload: eventOf(type, { id }) })).toEqual({ status: 200 });
      expect(await isKnown(card)).toBe(false);
    },
  );

  it("does not remember the cards of customers that are nobody's", async ({ paydesk, deliver, isKnown }) => {
    const { id: customer } = await paydesk.stripe.customers.create({});
    const { id } = await paydesk.stripe.paymentMethods.attach('pm_card_visa', { customer });
    expect(await deliver({ payload: eventOf('payment_method.attached', { id }) })).toEqual({ status: 200 });
    expect(await isKnown(id)).toBe(false);
  });

  it('deletes events that Stripe no longer retries', async ({ clock, deliver, handledAt }) => {
    const id = `evt_${randomUUID()}`;
    await deliver({ payload: eventOf('product.created', { id: 'prod_1' }, id) });
    clock.moveHours(32 * 24);
    await deliver({});
    expect(await handledAt(id)).toEqual([]);
  });
});
