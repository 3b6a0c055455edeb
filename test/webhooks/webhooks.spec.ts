import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { query } from '../support/database.js';
import { saveCard, someUser } from '../support/saved-card.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { eventOf, signatureOf, someEventId } from './stripe-event.js';

const SECRET = 'whsec_new';
const OLD_SECRET = 'whsec_old';
const FIRST_RETRY_SECONDS = 2;
/** Makes PostgreSQL answer as while it starts: https://www.postgresql.org/docs/18/errcodes-appendix.html */
const UNAVAILABLE = `
  create function refuse_event() returns trigger language plpgsql as
    $$ begin raise exception using errcode = 'cannot_connect_now'; end $$;
  create trigger refuse_event before insert on webhook_events execute function refuse_event()`;
const REFUSED = { status: 400, type: 'urn:paydesk:invalid-request' };

interface Delivery {
  payload?: string;
  secret?: string;
  ageSeconds?: number;
  signature?: string | null;
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
  .extend('eventOfId', ({ paydesk }) => async (id: string) => {
    const statement = 'select state, attempts, last_error as error from webhook_events where id = $1';
    return (await query<{ state: string; attempts: number; error: string }>(paydesk, statement, [id]))[0];
  })
  .extend('becomes', ({ eventOfId }) => async (id: string, state: string) => {
    await expect.poll(async () => (await eventOfId(id))?.state).toBe(state);
  });

describe('POST /webhooks/stripe', () => {
  describe('accepts', () => {
    it.for<[string, Delivery]>([
      ['what is signed with the newest secret', { secret: SECRET }],
      ['what is signed with one that is being replaced', { secret: OLD_SECRET }],
      ['what is five minutes old', { ageSeconds: 299 }],
      ['what is five minutes ahead', { ageSeconds: -300 }],
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
      ['what is more than five minutes ahead', { ageSeconds: -301 }],
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

  it('handles a repeated event once', async ({ paydesk, deliver, becomes }) => {
    const customer = await paydesk.stripe.customers.create({});
    const id = someEventId();
    const payload = eventOf('customer.deleted', { id: customer.id }, id);
    expect(await deliver({ payload })).toEqual({ status: 200 });
    await becomes(id, 'done');
    expect(await deliver({ payload })).toEqual({ status: 200 });
    expect(await query(paydesk, 'select id from event_targets where object_id = $1', [customer.id])).toEqual(
      [],
    );
  });

  it('tries an event again that it could not handle', async ({
    paydesk,
    clock,
    deliver,
    eventOfId,
    becomes,
  }) => {
    const partner = await paydesk.partner('acme');
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    const customer = idOf((await paydesk.stripe.paymentMethods.retrieve(card)).customer) ?? '';
    await paydesk.stripe.customers.del(customer);
    const id = someEventId();
    paydesk.sandbox.faults.add({ path: '/v1/customers/*', kinds: ['error_before_effect'], share: 1 });
    expect(await deliver({ payload: eventOf('customer.deleted', { id: customer }, id) })).toEqual({
      status: 200,
    });
    await expect
      .poll(() => eventOfId(id))
      .toEqual({ state: 'stored', attempts: 1, error: 'outcome-unknown' });
    paydesk.sandbox.faults.clear();
    clock.moveSeconds(FIRST_RETRY_SECONDS);
    await becomes(id, 'done');
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
    it('is ignored and logged', async ({ paydesk, deliver, becomes }) => {
      const id = someEventId();
      expect(await deliver({ payload: eventOf(type, { id: objectId }, id) })).toEqual({ status: 200 });
      await becomes(id, 'ignored');
      const lines = paydesk.log.filter(({ event }) => event === id);
      expect(lines).toMatchObject([{ type, objectId, msg: 'Stripe does not know the object of this event' }]);
    });

    it.for(['no_permission', 'lock_timeout', 'rate_limit', 'error_before_effect'] as const)(
      'is tried again as long as Stripe answers with %s',
      async (fault, { paydesk, clock, deliver, eventOfId, becomes }) => {
        const id = someEventId();
        paydesk.sandbox.faults.add({ path, kinds: [fault], share: 1 });
        expect(await deliver({ payload: eventOf(type, { id: objectId }, id) })).toEqual({ status: 200 });
        await expect.poll(() => eventOfId(id)).toMatchObject({ state: 'stored', attempts: 1 });
        paydesk.sandbox.faults.clear();
        // After a rate limit we pause calls.
        clock.moveSeconds(60);
        await becomes(id, 'ignored');
      },
    );
  });

  it('asks Stripe whether a customer is really deleted', async ({ paydesk, deliver, becomes }) => {
    const partner = await paydesk.partner('acme');
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    const { customer } = await paydesk.stripe.paymentMethods.retrieve(card);
    const event = someEventId();
    await deliver({ payload: eventOf('customer.deleted', { id: customer }, event) });
    await becomes(event, 'done');
    expect(await partner.get(`/partners/user/${user}/payment_methods`)).toMatchObject({
      body: [{ stripe_payment_method_id: card }],
    });
  });

  it.for([
    ['payment_method.attached', 'card'],
    ['payment_method.automatically_updated', 'card'],
    ['setup_intent.succeeded', 'setupIntent'],
  ] as const)('remembers the card of %s', async ([type, object], { paydesk, deliver, becomes, isKnown }) => {
    const partner = await paydesk.partner('acme');
    const card = await saveCard(paydesk, partner, someUser());
    const { data } = await paydesk.stripe.setupIntents.list({ payment_method: card });
    const id = object === 'card' ? card : data[0]?.id;
    expect(await isKnown(card)).toBe(false);
    const event = someEventId();
    await deliver({ payload: eventOf(type, { id }, event) });
    await becomes(event, 'done');
    expect(await isKnown(card)).toBe(true);
  });

  it.for([
    ['payment_method.attached', 'card'],
    ['payment_method.detached', 'card'],
    ['setup_intent.succeeded', 'setupIntent'],
  ] as const)(
    'does not remember the card of a late %s if it is detached by now',
    async ([type, object], { paydesk, deliver, becomes, isKnown }) => {
      const partner = await paydesk.partner('acme');
      const card = await saveCard(paydesk, partner, someUser());
      const { data } = await paydesk.stripe.setupIntents.list({ payment_method: card });
      const id = object === 'card' ? card : data[0]?.id;
      await paydesk.stripe.paymentMethods.detach(card);
      const event = someEventId();
      await deliver({ payload: eventOf(type, { id }, event) });
      await becomes(event, 'done');
      expect(await isKnown(card)).toBe(false);
    },
  );

  it("does not remember the cards of customers that are nobody's", async ({
    paydesk,
    deliver,
    becomes,
    isKnown,
  }) => {
    const { id: customer } = await paydesk.stripe.customers.create({});
    const { id } = await paydesk.stripe.paymentMethods.attach('pm_card_visa', { customer });
    const event = someEventId();
    await deliver({ payload: eventOf('payment_method.attached', { id }, event) });
    await becomes(event, 'done');
    expect(await isKnown(id)).toBe(false);
  });

  it.for<[string, object, string]>([
    ['of a type that nobody handles', { type: 'product.created' }, 'nobody handles this type'],
    ['of the other mode', { livemode: true }, 'it is of another mode or account'],
    ['of a connected account', { account: 'acct_other' }, 'it is of another mode or account'],
  ])('ignores an event %s', async ([_which, differences, error], { paydesk, deliver, eventOfId }) => {
    const id = someEventId();
    const before = paydesk.stripeCalls.length;
    const payload = eventOf('customer.deleted', { id: 'cus_any' }, id, differences);
    expect(await deliver({ payload })).toEqual({ status: 200 });
    expect(await eventOfId(id)).toEqual({ state: 'ignored', attempts: 0, error });
    expect(await query(paydesk, "select id from event_targets where object_id = 'cus_any'")).toEqual([]);
    expect(paydesk.stripeCalls.slice(before)).toEqual([]);
  });

  it('answers 503 while the database is unavailable', async ({ paydesk, deliver, eventOfId }) => {
    const id = someEventId();
    const payload = eventOf('product.created', { id: 'prod_1' }, id);
    await query(paydesk, UNAVAILABLE);
    try {
      expect(await deliver({ payload })).toEqual({ status: 503, type: 'urn:paydesk:unavailable' });
    } finally {
      await query(paydesk, 'drop function refuse_event cascade');
    }
    expect(await eventOfId(id)).toBeUndefined();
    expect(await deliver({ payload })).toEqual({ status: 200 });
  });
});
