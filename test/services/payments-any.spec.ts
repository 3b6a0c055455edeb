import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { SCOPES } from '#core/scope.js';
import { idOf } from '#stripe/id-of.js';
import type { Answer, Caller } from '../support/caller.js';
import { query } from '../support/database.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import type { Paydesk } from '../support/paydesk.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { saveCard, someUser } from '../support/saved-card.js';

const OWN_ONLY = SCOPES.filter((scope) => scope !== 'payments:any');

/** Every request of a service that names a payment. */
const REQUESTS: [string, (service: Caller, paymentID: string) => Promise<Answer>][] = [
  ['GET /status', (service, paymentID) => service.get(`/status?paymentID=${paymentID}`)],
  ['GET /check', (service, paymentID) => service.get(`/check?paymentID=${paymentID}`)],
  ['POST /refund', (service, paymentID) => service.post('/refund', { paymentID })],
  ['POST /pay/expire', (service, paymentID) => service.post('/pay/expire', { paymentID })],
  [
    'POST /pay/recurrent/expire',
    (service, paymentID) => service.post('/pay/recurrent/expire', { paymentID, cancelType: 'now' }),
  ],
];

const PAYMENT = { amount: '5.00', ...redirects };
const SUBSCRIPTION = { amount: '7.50', interval: 'month', ...redirects };

/** The ids of all objects of a payment that was started as this Checkout Session. */
async function idsOf({ stripe }: Paydesk, sessionId: string): Promise<string[]> {
  const session = await stripe.checkout.sessions.retrieve(sessionId);
  const invoice = idOf(session.invoice);
  const { data } = invoice ? await stripe.invoicePayments.list({ invoice }) : { data: [] };
  const intentId = idOf(session.payment_intent) ?? idOf(data[0]?.payment.payment_intent) ?? '';
  const intent = await stripe.paymentIntents.retrieve(intentId);
  return [sessionId, idOf(session.subscription), invoice, intentId, idOf(intent.latest_charge)].filter(
    (id) => id !== undefined,
  );
}

/** What a caller sees, without what differs from request to request. */
function seen({ status, body }: Answer): object {
  const { operationId: _operation, instance: _instance, ...rest } = body;
  return { status, ...rest };
}

const it = paydeskTest({ workerByHand: true })
  .extend('own', { scope: 'file' }, ({ paydesk }) => paydesk.service('shop', { scopes: OWN_ONLY }))
  .extend('rival', { scope: 'file' }, ({ paydesk }) => paydesk.service('rival', { scopes: OWN_ONLY }))
  .extend('paid', ({ own }) => async (path = '/pay', body: object = PAYMENT) => {
    const { body: checkout } = await own.post(path, body);
    await payOnPage(checkout.redirectToUrl);
    return String(checkout.paymentID);
  });

describe('without payments:any, a service', () => {
  it('acts on a payment that it started, by each of its ids', async ({ paydesk, own, paid }) => {
    const ids = await idsOf(paydesk, await paid());
    expect(ids.map((id) => id.split('_')[0])).toEqual(['cs', 'pi', 'ch']);
    for (const id of ids) {
      expect((await own.get(`/status?paymentID=${id}`)).body).toMatchObject({ status: 'ACCEPTED' });
      expect(await own.post('/refund', { paymentID: id, amount: '1.00' })).toMatchObject({ status: 201 });
    }
  });

  it('acts on a subscription that it started, by each of its ids', async ({ paydesk, own, paid }) => {
    const ids = await idsOf(paydesk, await paid('/pay/recurrent', SUBSCRIPTION));
    expect(ids.map((id) => id.split('_')[0])).toEqual(['cs', 'sub', 'in', 'pi', 'ch']);
    for (const id of ids) {
      expect((await own.get(`/status?paymentID=${id}`)).body).toMatchObject({ status: 'ACCEPTED' });
    }
    for (const id of ids) {
      expect(await own.post('/pay/recurrent/expire', { paymentID: id, cancelType: 'now' })).toMatchObject({
        status: 200,
      });
    }
  });

  it('expires a page that it opened', async ({ own }) => {
    const { body } = await own.post('/pay', PAYMENT);
    expect((await own.post('/pay/expire', { paymentID: body.paymentID })).status).toBe(200);
  });

  it.for(REQUESTS)(
    'gets the answer of %s for an unknown payment if another caller started it',
    async ([, send], { paydesk, partner, rival, paid }) => {
      const user = someUser();
      const card = await saveCard(paydesk, partner, user);
      const charge = { amount: '3000', description: 'Wellness exam', stripe_payment_method_id: card };
      const { headers } = await partner.post(`/partners/user/${user}/payment_intent`, charge);
      const foreign = [
        ...(await idsOf(paydesk, await paid())),
        ...(await idsOf(paydesk, await paid('/pay/recurrent', SUBSCRIPTION))),
        headers.get('location')?.split('/').at(-1) ?? '',
      ];
      for (const id of foreign) {
        const unknown = id.replace(/_.*/, '_test_unknown');
        // Twice, as what was looked up for the first request is stored.
        for (const answer of [await send(rival, id), await send(rival, id)]) {
          expect(answer.status).toBe(404);
          expect(seen(answer)).toEqual(seen(await send(rival, unknown)));
        }
      }
    },
  );

  it('costs no call to Stripe with the id of a session that another caller started', async ({
    paydesk,
    rival,
    paid,
  }) => {
    const paymentID = await paid();
    const before = paydesk.stripeCalls.length;
    for (const [, send] of REQUESTS) expect((await send(rival, paymentID)).status).toBe(404);
    expect(paydesk.stripeCalls.slice(before)).toEqual([]);
  });

  it('costs no more calls to Stripe than with it, once the id is known', async ({
    paydesk,
    own,
    shop,
    paid,
  }) => {
    const [session = '', intent = ''] = await idsOf(paydesk, await paid());
    const callsOf = async (service: Caller, paymentID: string) => {
      const before = paydesk.stripeCalls.length;
      expect((await service.post('/refund', { paymentID, amount: '1.00' })).status).toBe(201);
      return paydesk.stripeCalls.slice(before);
    };
    expect(await callsOf(own, session)).toEqual(await callsOf(shop, session));
    const first = await callsOf(own, intent);
    expect(first.filter((call) => call === `GET /v1/payment_intents/${intent}`)).toHaveLength(1);
    expect(await callsOf(own, intent)).toEqual(await callsOf(shop, intent));
  });

  it('is not misled by metadata that was changed at Stripe', async ({ paydesk, rival, paid }) => {
    const { body } = await rival.post('/pay', PAYMENT, { 'idempotency-key': randomUUID() });
    const { metadata } = await paydesk.stripe.checkout.sessions.retrieve(body.paymentID);
    const [, intent = ''] = await idsOf(paydesk, await paid());
    await paydesk.stripe.paymentIntents.update(intent, { metadata });
    expect((await rival.post('/refund', { paymentID: intent })).status).toBe(404);
  });

  it('acts on a payment whose start was only found out later', async ({ paydesk, clock, own }) => {
    paydesk.sandbox.faults.add({
      method: 'POST',
      path: '/v1/checkout/sessions',
      kinds: ['reset_after_effect'],
      share: 1,
    });
    const headers = { 'idempotency-key': randomUUID() };
    expect((await own.post('/pay', PAYMENT, headers)).status).toBe(503);
    paydesk.sandbox.faults.clear();
    clock.moveSeconds(31);
    expect(await paydesk.resumeNext()).toBe(true);
    const { body } = await own.post('/pay', PAYMENT, headers);
    expect((await own.get(`/status?paymentID=${body.paymentID}`)).status).toBe(200);
  });

  it('keeps its payments when their operations are deleted', async ({ paydesk, own, paid }) => {
    const paymentID = await paid();
    await query(paydesk, "delete from operations where state = 'done'");
    expect((await own.get(`/status?paymentID=${paymentID}`)).status).toBe(200);
  });

  it('acts with another key of the same service', async ({ paydesk, paid }) => {
    const other = await paydesk.service('shop', { scopes: OWN_ONLY });
    expect((await other.get(`/status?paymentID=${await paid()}`)).status).toBe(200);
  });
});

describe('with payments:any, a service', () => {
  it('acts on payments of every caller', async ({ paydesk, paid }) => {
    const other = await paydesk.service('accounting');
    for (const id of await idsOf(paydesk, await paid())) {
      expect((await other.get(`/status?paymentID=${id}`)).status).toBe(200);
    }
  });
});
