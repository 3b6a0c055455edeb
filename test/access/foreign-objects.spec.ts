import { describe, expect } from 'vitest';
import { DEFAULT_SCOPES } from '#core/scope.js';
import { idOf } from '#stripe/id-of.js';
import type { Answer, Caller } from '../support/caller.js';
import { query } from '../support/database.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import { OPERATIONS } from '../support/openapi.js';
import type { Paydesk } from '../support/paydesk.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { saveCard } from '../support/saved-card.js';
import { startSubscription } from '../support/subscription.js';

/** A call with the id of an object: one of another caller, or one that does not exist. */
interface Probe {
  foreign: string;
  unknown: string;
  call: (id: string) => Promise<Answer>;
}

/** Routes that take no id of an object with an owner, and why. */
const WITHOUT_OWNED_IDS = {
  'POST /payments/create-setup-intent': "the user is the token's",
  'GET /payments/payment-information': "the user is the token's",
  'GET /payments/payment-methods': "the user is the token's",
  'POST /payments/portal': "the user is the token's",
  'POST /portal': 'a service may name every user',
  'POST /subscriptions/subscribe': "Prices are the merchant's",
  'GET /subscriptions/current': "the user is the token's",
  'POST /subscriptions/cancel-subscription': "the user is the token's",
  'POST /subscriptions/resume': "the user is the token's",
  'GET /subscriptions/preview-upgrade': "Prices are the merchant's",
  'POST /subscriptions/upgrade': "Prices are the merchant's",
  'POST /partners/user/{user_id}/setup_intent': "the user is one of the partner's",
  'POST /pay': "Prices and Products are the merchant's, and a service may name every user",
  'POST /pay/recurrent': "Prices and Products are the merchant's, and a service may name every user",
  'GET /customers/{user_id}': 'a service may name every user',
  'PUT /customers/{user_id}': 'a service may name every user',
  'POST /customers/{user_id}/unlink': 'a service may name every user',
  'GET /admin/keys': 'keys:admin is for all keys',
  'POST /admin/keys': 'keys:admin is for all keys',
  'GET /admin/keys/{id}': 'keys:admin is for all keys',
  'PATCH /admin/keys/{id}': 'keys:admin is for all keys',
  'POST /admin/keys/{id}/revoke': 'keys:admin is for all keys',
  'POST /admin/keys/{id}/rotate': 'keys:admin is for all keys',
  'GET /admin/audit': 'keys:admin is for all keys',
  'GET /admin/reviews': 'keys:admin is for all operations',
  'POST /admin/reviews/{id}/close': 'keys:admin is for all operations',
  'GET /notification-endpoints':
    "the endpoints are the caller's; a foreign cursor is in notifications/endpoints.spec.ts",
  'POST /notification-endpoints': 'no id',
  'GET /admin/events': 'events:read is for all events',
  'GET /admin/events/health': 'no id',
  'POST /admin/events/{id}/retry': 'events:manage is for all events',
  'GET /admin/payment-callback': 'no id',
  'POST /admin/payment-callback/enable': 'no id',
  'POST /admin/payment-callback/redeliver': 'no id',
  'GET /notifications': 'in notifications/list.spec.ts',
  'GET /notifications/{id}': 'in notifications/list.spec.ts',
  'POST /notifications/{id}/redeliver': 'in notifications/redelivery.spec.ts',
  'GET /health/live': 'no id',
  'GET /health/ready': 'no id',
};

const UNKNOWN_OPERATION = '00000000-0000-8000-8000-000000000000';
const CHARGE = { amount: '3000', description: 'Wellness exam' };
const REDELIVERY = { since: '2026-11-22T00:00:00Z', until: '2026-11-23T00:00:00Z' };
const CHECKOUT = { amount: '30.00', ...redirects };
/** Every scope but `payments:any`. */
const OWN_PAYMENTS = DEFAULT_SCOPES.filter((scope) => scope !== 'payments:any');
/** Who started a payment may stand in its Checkout Session, which is found by its PaymentIntent or subscription. */
const READS_TO_DECIDE = 4;
/** Headers that differ between two answers to the same request. */
const VARYING = /^(date|idempotency-key|x-request-id|ratelimit.*)$/;

const PROBES: Record<string, (world: World) => Probe[]> = {
  'GET /payments/get-history': ({ alice, theirs }) => [
    probe(theirs.charge, 'ch_unknown', (id) => alice.get(`/payments/get-history?cursorId=${id}`)),
  ],
  'GET /payments/invoices': ({ alice, theirs }) => [
    probe(theirs.invoice, 'in_unknown', (id) => alice.get(`/payments/invoices?cursor=${id}`)),
  ],
  'GET /payments/receipts/{chargeId}': ({ alice, theirs }) => [
    probe(theirs.charge, 'ch_unknown', (id) => alice.get(`/payments/receipts/${id}`)),
  ],
  'DELETE /payments/payment-methods/{id}': ({ alice, theirs }) => [
    probe(theirs.card, 'pm_unknown', (id) => alice.delete(`/payments/payment-methods/${id}`)),
  ],
  'PUT /payments/payment-methods/{id}/default': ({ alice, theirs }) => [
    probe(theirs.card, 'pm_unknown', (id) => alice.put(`/payments/payment-methods/${id}/default`)),
  ],
  'GET /partners/user/{user_id}/payment_methods': ({ acme }) => [
    probe('carol', 'nobody', (id) => acme.get(`/partners/user/${id}/payment_methods`)),
  ],
  'DELETE /partners/user/{user_id}/payment_methods/{id}': ({ acme, theirs }) => [
    probe(theirs.card, 'pm_unknown', (id) => acme.delete(`/partners/user/alice/payment_methods/${id}`)),
  ],
  'PUT /partners/user/{user_id}/payment_methods/{id}/default': ({ acme, theirs }) => [
    probe(theirs.card, 'pm_unknown', (id) => acme.put(`/partners/user/alice/payment_methods/${id}/default`)),
  ],
  'POST /partners/user/{user_id}/payment_intent': ({ acme, theirs }) => [
    probe(theirs.card, 'pm_unknown', (id) =>
      acme.post('/partners/user/alice/payment_intent', { ...CHARGE, stripe_payment_method_id: id }),
    ),
  ],
  'GET /partners/user/{user_id}/payments': ({ acme, theirs }) => [
    probe('carol', 'nobody', (id) => acme.get(`/partners/user/${id}/payments`)),
    probe(theirs.payment, 'pi_unknown', (id) =>
      acme.get(`/partners/user/alice/payments?starting_after=${id}`),
    ),
  ],
  'GET /partners/user/{user_id}/payments/{id}': ({ acme, theirs }) => [
    probe(theirs.payment, 'pi_unknown', (id) => acme.get(`/partners/user/alice/payments/${id}`)),
  ],
  ...Object.fromEntries(
    ['capture', 'cancel', 'refund'].map((action) => [
      `POST /partners/user/{user_id}/payments/{id}/${action}`,
      ({ acme, theirs }: World) => [
        probe(theirs.payment, 'pi_unknown', (id) =>
          acme.post(`/partners/user/alice/payments/${id}/${action}`, action === 'cancel' ? undefined : {}),
        ),
      ],
    ]),
  ),
  'POST /pay/expire': ({ shop, theirs }) =>
    paymentProbes(theirs, (paymentID) => shop.post('/pay/expire', { paymentID })),
  'POST /pay/recurrent/expire': ({ shop, theirs }) =>
    paymentProbes(theirs, (paymentID) =>
      shop.post('/pay/recurrent/expire', { paymentID, cancelType: 'now' }),
    ),
  'POST /pay/confirm': ({ shop, theirs }) =>
    paymentProbes(theirs, (paymentID) => shop.post('/pay/confirm', { paymentID })),
  'POST /pay/void': ({ shop, theirs }) =>
    paymentProbes(theirs, (paymentID) => shop.post('/pay/void', { paymentID })),
  'POST /pay/recurrent/change': ({ shop, theirs }) => changeProbes(theirs, shop, 'change'),
  'POST /pay/recurrent/change-preview': ({ shop, theirs }) => changeProbes(theirs, shop, 'change-preview'),
  ...Object.fromEntries(
    ['resume', 'pause', 'unpause'].map((action) => [
      `POST /pay/recurrent/${action}`,
      ({ shop, theirs }: World) =>
        paymentProbes(theirs, (paymentID) => shop.post(`/pay/recurrent/${action}`, { paymentID })),
    ]),
  ),
  'POST /refund': ({ shop, theirs }) =>
    paymentProbes(theirs, (paymentID) => shop.post('/refund', { paymentID })),
  'GET /disputes': ({ shop, theirs }) => [
    probe(theirs.dispute, 'du_unknown', (id) => shop.get(`/disputes?cursor=${id}`)),
  ],
  'GET /disputes/{id}': ({ shop, theirs }) => [
    probe(theirs.dispute, 'du_unknown', (id) => shop.get(`/disputes/${id}`)),
  ],
  'POST /disputes/{id}/evidence': ({ shop, theirs }) => [
    probe(theirs.dispute, 'du_unknown', (id) => shop.post(`/disputes/${id}/evidence`, { submit: true })),
  ],
  'POST /disputes/{id}/accept': ({ shop, theirs }) => [
    probe(theirs.dispute, 'du_unknown', (id) => shop.post(`/disputes/${id}/accept`)),
  ],
  'GET /pay/payments': ({ shop, theirs }) =>
    paymentProbes(theirs, (id) => shop.get(`/pay/payments?cursor=${id}`)),
  'GET /pay/payments/{paymentID}': ({ shop, theirs }) =>
    paymentProbes(theirs, (id) => shop.get(`/pay/payments/${id}`)),
  'GET /pay/subscriptions': ({ shop, theirs }) =>
    subscriptionProbes(theirs, (id) => shop.get(`/pay/subscriptions?cursor=${id}`)),
  'GET /pay/subscriptions/{id}': ({ shop, theirs }) =>
    subscriptionProbes(theirs, (id) => shop.get(`/pay/subscriptions/${id}`)),
  'GET /check': ({ shop, theirs }) => paymentProbes(theirs, (id) => shop.get(`/check?paymentID=${id}`)),
  'GET /status': ({ shop, theirs }) => paymentProbes(theirs, (id) => shop.get(`/status?paymentID=${id}`)),
  ...Object.fromEntries(
    (
      [
        ['GET', '', (caller, path) => caller.get(path)],
        ['PATCH', '', (caller, path) => caller.patch(path, { enabled: false })],
        ['DELETE', '', (caller, path) => caller.delete(path)],
        ['POST', '/rotate-secret', (caller, path) => caller.post(path)],
        ['POST', '/test', (caller, path) => caller.post(path)],
        ['POST', '/redeliver', (caller, path) => caller.post(path, REDELIVERY)],
      ] as [string, string, (caller: Caller, path: string) => Promise<Answer>][]
    ).map(([method, suffix, call]) => [
      `${method} /notification-endpoints/{id}${suffix}`,
      ({ acme, shop, theirs }: World) =>
        [acme, shop].flatMap((caller) =>
          theirs.endpoints.map((id) =>
            probe(id, UNKNOWN_OPERATION, (other) =>
              call(caller, `/notification-endpoints/${other}${suffix}`),
            ),
          ),
        ),
    ]),
  ),
  'GET /operations/{id}': ({ alice, acme, shop, theirs }) =>
    [alice, acme, shop].flatMap((caller) =>
      theirs.operations.map((id) =>
        probe(id, UNKNOWN_OPERATION, (other) => caller.get(`/operations/${other}`)),
      ),
    ),
};

const it = paydeskTest().extend('world', { scope: 'file' }, ({ paydesk }) => createWorld(paydesk));

describe('an object of another caller', () => {
  it('is asked for on every route', () => {
    const covered = [...Object.keys(PROBES), ...Object.keys(WITHOUT_OWNED_IDS)];
    expect(covered.sort(byName)).toEqual(OPERATIONS.map(({ name }) => name).sort(byName));
  });

  it.for(Object.entries(PROBES))(
    'on %s is answered like an unknown one',
    async ([, probes], { world, paydesk }) => {
      for (const { foreign, unknown, call } of probes(world)) {
        const [expected, unknownCalls] = await observe(paydesk, () => call(unknown));
        const [answer, calls] = await observe(paydesk, () => call(foreign));
        expect(withoutIds(answer)).toEqual(withoutIds(expected));
        const made = [...calls, ...unknownCalls];
        expect(made.filter((one) => !one.startsWith('GET '))).toEqual([]);
        expect(calls.length).toBeLessThanOrEqual(READS_TO_DECIDE);
      }
    },
  );

  it('is found by its own caller', async ({ world: { globex, clinic, theirs } }) => {
    expect((await clinic.get(`/disputes/${theirs.dispute}`)).status).toBe(200);
    expect((await globex.get(`/partners/user/alice/payments/${theirs.payment}`)).status).toBe(200);
    expect((await globex.get('/partners/user/carol/payments')).status).toBe(200);
    for (const id of theirs.sessions) expect((await clinic.get(`/status?paymentID=${id}`)).status).toBe(200);
    for (const id of theirs.operations) {
      const answers = await Promise.all([globex, clinic].map((caller) => caller.get(`/operations/${id}`)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    }
  });
});

type World = Awaited<ReturnType<typeof createWorld>>;
type Theirs = World['theirs'];

/** Two partners, whose users have the same ids, and two services. What is probed belongs to the second of each. */
async function createWorld(paydesk: Paydesk) {
  const [acme, globex] = [await paydesk.partner('acme'), await paydesk.partner('globex')];
  const service = (name: string) => paydesk.service(name, { scopes: OWN_PAYMENTS });
  const [shop, clinic] = [await service('shop'), await service('clinic')];
  const alice = await paydesk.user('alice');
  await alice.post('/payments/create-setup-intent');
  await chargeUser(paydesk, acme, 'alice');
  await chargeUser(paydesk, globex, 'carol');
  const { card, payment, charge } = await chargeUser(paydesk, globex, 'alice');
  const sessions = await startCheckouts(clinic);
  const { latest_invoice: invoice } = await startSubscription(paydesk.stripe);
  const rows = await query<{ id: string }>(
    paydesk,
    "select id from operations where caller in ('partner:globex', 'service:clinic')",
  );
  const endpoints = await Promise.all([globex, clinic].map(createEndpoint));
  return {
    acme,
    globex,
    shop,
    clinic,
    alice,
    theirs: {
      card,
      payment,
      charge,
      invoice: idOf(invoice) ?? '',
      dispute: await startDispute(clinic),
      sessions,
      endpoints,
      operations: rows.map(({ id }) => id),
    },
  };
}

async function createEndpoint(caller: Caller): Promise<string> {
  const { body } = await caller.post('/notification-endpoints', { url: 'https://receiver.example/' });
  return body.id as string;
}

async function chargeUser(paydesk: Paydesk, partner: Caller, userId: string) {
  const card = await saveCard(paydesk, partner, userId);
  const { headers } = await partner.post(`/partners/user/${userId}/payment_intent`, {
    ...CHARGE,
    stripe_payment_method_id: card,
  });
  const payment = headers.get('location')?.split('/').at(-1) ?? '';
  const intent = await paydesk.stripe.paymentIntents.retrieve(payment);
  return { card, payment, charge: idOf(intent.latest_charge) ?? '' };
}

/** An open payment, a paid one, and a subscription. */
async function startCheckouts(service: Caller): Promise<string[]> {
  const open = await service.post('/pay', CHECKOUT);
  const paid = await service.post('/pay', CHECKOUT);
  await payOnPage(paid.body.redirectToUrl);
  const subscription = await service.post('/pay/recurrent', { ...CHECKOUT, interval: 'month' });
  await payOnPage(subscription.body.redirectToUrl);
  return [open, paid, subscription].map(({ body }) => body.paymentID as string);
}

/** A payment that its customer disputes: https://docs.stripe.com/testing#disputes */
async function startDispute(service: Caller): Promise<string> {
  const { body } = await service.post('/pay', CHECKOUT);
  await payOnPage(body.redirectToUrl, '4000000000000259');
  await service.get(`/check?paymentID=${body.paymentID}`);
  const { disputes } = (await service.get(`/pay/payments/${body.paymentID}`)).body;
  return disputes[0].disputeID as string;
}

function probe(foreign: string, unknown: string, call: Probe['call']): Probe {
  return { foreign, unknown, call };
}

function paymentProbes({ sessions, payment, charge }: Theirs, call: Probe['call']): Probe[] {
  return [
    ...sessions.map((id) => probe(id, 'cs_test_unknown', call)),
    probe(payment, 'pi_unknown', call),
    probe(charge, 'ch_unknown', call),
  ];
}

function changeProbes(theirs: Theirs, shop: Caller, route: 'change' | 'change-preview'): Probe[] {
  const products = [{ priceId: 'price_1', quantity: 1 }];
  return paymentProbes(theirs, (paymentID) =>
    shop.post(`/pay/recurrent/${route}`, { paymentID, products, proration: 'now', at: 'now' }),
  );
}

function subscriptionProbes({ sessions }: Theirs, call: Probe['call']): Probe[] {
  return sessions.map((id) => probe(id, 'cs_test_unknown', call));
}

/** An answer, and the calls to Stripe that it took. */
async function observe(paydesk: Paydesk, call: () => Promise<Answer>): Promise<[Answer, string[]]> {
  const before = paydesk.stripeCalls.length;
  const answer = await call();
  return [answer, paydesk.stripeCalls.slice(before)];
}

/** An answer without what is different each time. The id of an operation follows from its key. */
function withoutIds({ status, headers, body }: Answer) {
  const { instance: _instance, operationId: _operationId, ...rest } = body;
  const lasting = [...headers].filter(([name]) => !VARYING.test(name));
  return { status, headers: Object.fromEntries(lasting), body: Array.isArray(body) ? body : rest };
}

function byName(a: string, b: string): number {
  return a < b ? -1 : 1;
}
