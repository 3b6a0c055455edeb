import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { backfillAccount } from '../support/backfill.js';
import { query } from '../support/database.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import { visit } from '../support/plain-browser.js';
import { attachCard } from '../support/saved-card.js';
import { press as pressButton } from './confirm-test.js';
import { pageTest } from './page-test.js';

/** The record of the payment $1 from before a page was opened in its place. */
const RESTORE = `update payments set replacement_id = null, session_id = null, payment_intent_id = payment_id, checkout_status = null,
    status = $2, stage = $3
  where payment_id = $1`;

/** The charge $1 was made after the backup, too. */
const FORGET = `with lost as (delete from payments where payment_id = $1 returning operation_id)
  delete from operations using lost where id = lost.operation_id`;
const DECLINED_NUMBER = '4000000000000002';

const it = pageTest()
  .extend('restored', ({ paydesk, chosen, recorded, pageOf }) => async () => {
    const payment = await chosen();
    const { id, press } = payment;
    const [{ status, stage } = {}] = await query(paydesk, 'select * from payments where payment_id = $1', [
      id,
    ]);
    expect((await press()).next).toContain('/c/pay/');
    await query(paydesk, "delete from operations where kind = 'payment-replace'");
    await query(paydesk, RESTORE, [id, status, stage]);
    expect(await recorded(id)).toMatchObject({ status, stripe: { session: null, paymentIntent: id } });
    return { ...payment, page: await pageOf(id) };
  })
  /** Reads the payment, whose page is open. Then it waits for its customer there. */
  .extend('read', ({ paydesk, clock, partner, recorded, notified }) => {
    const ways = {
      'an event': () => paydesk.walkEvents(),
      'a backfill': () => backfillAccount(paydesk, clock),
      'the link': ({ url }: { url: string }) => visit(url),
      'a partner': async ({ path }: { path: string }) => {
        expect((await partner.get(path)).body).toMatchObject({ status: 'requires payment method' });
      },
    };
    return async (
      way: keyof typeof ways,
      payment: { id: string; url: string; path: string; page: { sessionId: string } },
    ) => {
      const { id, page } = payment;
      await ways[way](payment);
      const session = async () => (await recorded(id)).stripe.session;
      await expect.poll(session).toBe(page.sessionId);
      expect(await recorded(id)).toMatchObject({ status: 'PENDING' });
      expect(await notified(id)).not.toContain('payment.canceled');
    };
  })
  .extend('expectPaidOnly', ({ shop, expectPaid, notified }) => async (id: string, sessionId: string) => {
    await expectPaid(id, sessionId);
    expect(await notified(id)).not.toContain('payment.canceled');
    const { data } = (await shop.get('/pay/payments?limit=100')).body;
    const ofSession = data.filter(
      ({ stripe }: { stripe: object }) => 'session' in stripe && stripe.session === sessionId,
    );
    expect(ofSession).toMatchObject([{ paymentID: id }]);
  });

describe('a page that was opened after the backup that is restored', () => {
  it.for(['the same button', 'the link'] as const)(
    'is the page of the payment for a customer who comes back by %s',
    async (how, { restored, expectPaidOnly }) => {
      const { id, url, press, page } = await restored();
      const seen = how === 'the link' ? url : new URL((await press()).next ?? '', url).href;
      expect(await pressButton(await visit(seen), 'another-card')).toBe(page.url);
      await payOnPage(page.url);
      await expectPaidOnly(id, page.sessionId);
    },
  );

  it.for(['an event', 'a backfill', 'the link', 'a partner'] as const)(
    'is the page of the payment once it is read because of %s',
    async (why, { restored, read, expectPaidOnly }) => {
      const payment = await restored();
      await read(why, payment);
      await payOnPage(payment.page.url);
      await expectPaidOnly(payment.id, payment.page.sessionId);
    },
  );

  it('is the page of the payment if it is paid before anything is read', async ({
    restored,
    expectPaidOnly,
  }) => {
    const { id, page } = await restored();
    await payOnPage(page.url);
    await expectPaidOnly(id, page.sessionId);
  });

  it.for(['an event', 'a backfill'] as const)(
    'is the page of the payment after a card was declined there, which is read because of %s',
    async (why, { restored, read, shop, attemptOn, expectPaidOnly }) => {
      const payment = await restored();
      const { id, page } = payment;
      await payOnPage(page.url, DECLINED_NUMBER);
      await read(why, payment);
      const { data } = (await shop.get('/pay/payments?limit=100')).body;
      const attempt = await attemptOn(id);
      expect(data.map(({ paymentID }: { paymentID: string }) => paymentID)).not.toContain(attempt);
      await payOnPage(page.url);
      await expectPaidOnly(id, page.sessionId);
    },
  );

  it.for(['an event', 'a backfill', 'the link', 'a declined card'] as const)(
    'is the page of a payment that was made after it too, and that is read because of %s',
    async (why, { paydesk, restored, read, expectPaidOnly }) => {
      const payment = await restored();
      const { id, page, send } = payment;
      await query(paydesk, FORGET, [id]);
      if (why === 'a declined card') await payOnPage(page.url, DECLINED_NUMBER);
      await read(why === 'a declined card' ? 'an event' : why, payment);
      expect(await send()).toMatchObject({ status: 402, body: { paymentId: id } });
      await payOnPage(page.url);
      await expectPaidOnly(id, page.sessionId);
    },
  );

  it('is the page of a payment that was made after it too, which has failed if the page has expired', async ({
    paydesk,
    restored,
    notified,
  }) => {
    const { id, page } = await restored();
    await query(paydesk, FORGET, [id]);
    await paydesk.stripe.checkout.sessions.expire(page.sessionId);
    await paydesk.walkEvents();
    // The first card was declined, too.
    await expect
      .poll(async () => (await notified(id)).slice(-2))
      .toEqual(['checkout.expired', 'payment.failed']);
  });

  it("is closed by a partner's cancel, so that the customer pays only what is charged then", async ({
    paydesk,
    partner,
    restored,
    recorded,
    paidAtStripe,
  }) => {
    const { id, user, path, page } = await restored();
    expect((await partner.post(`${path}/cancel`)).status).toBe(200);
    const charge = {
      amount: '3000',
      description: 'Wellness exam',
      stripe_payment_method_id: await attachCard(paydesk, partner, user, 'pm_card_visa'),
    };
    expect((await partner.post(`/partners/user/${user}/payment_intent`, charge)).status).toBe(201);
    await payOnPage(page.url);
    expect(await paidAtStripe(id)).toHaveLength(1);
    expect(await recorded(id)).toMatchObject({ status: 'FAILED', stripe: { session: page.sessionId } });
    expect((await partner.get(path)).body).toMatchObject({ status: 'cancelled' });
  });
});

it('the page of a payment that its partner has cancelled asks Stripe for it once', async ({
  paydesk,
  partner,
  refusedCharge,
}) => {
  const { id, url, path } = await refusedCharge();
  expect((await partner.post(`${path}/cancel`)).status).toBe(200);
  const before = paydesk.stripeCalls.length;
  expect((await visit(url)).text).toContain('This payment was cancelled');
  expect(paydesk.stripeCalls.slice(before)).toEqual([`GET /v1/payment_intents/${id}`]);
});

describe('a Checkout Session that other software has opened, and that names a payment', () => {
  const test = it
    /** Pays a session that names a payment, by default with all that a page in its place has. */
    .extend('payForged', ({ paydesk }) => async (id: string, change: object = {}) => {
      const { customer } = id.startsWith('pi_missing')
        ? { customer: null }
        : await paydesk.stripe.paymentIntents.retrieve(id);
      const { id: sessionId, url } = await paydesk.stripe.checkout.sessions.create({
        mode: 'payment',
        line_items: [{ quantity: 1, price_data: priceOf(3000) }],
        success_url: redirects.successRedirect,
        metadata: { operation_id: randomUUID(), paydesk_replaced_payment: id },
        ...(customer !== null && { customer: idOf(customer) ?? '' }),
        ...change,
      });
      await payOnPage(url ?? '');
      await paydesk.walkEvents();
      return sessionId;
    })
    .extend('paidCharge', ({ refusedCharge, paydesk, partner }) => async () => {
      const { user } = await refusedCharge();
      const card = await attachCard(paydesk, partner, user, 'pm_card_visa');
      const { headers } = await partner.post(`/partners/user/${user}/payment_intent`, {
        amount: '3000',
        description: 'Wellness exam',
        stripe_payment_method_id: card,
      });
      return { user, id: headers.get('location')?.split('/').at(-1) ?? '' };
    })
    .extend('moneyOf', ({ recorded }) => async (id: string) => {
      const { status, amount, currency, tenant, userId, stripe } = await recorded(id);
      const { session, paymentIntent, customer } = stripe;
      return { id, status, amount, currency, tenant, userId, session, paymentIntent, customer };
    })
    /** Expects a session to be a payment of its own, and another one to be as it was. */
    .extend('expectOwn', ({ recorded, moneyOf }) => async (sessionId: string, before: { id: string }) => {
      await expect.poll(async () => (await recorded(sessionId)).status).toBe('ACCEPTED');
      expect(await recorded(sessionId)).toMatchObject({ caller: null, type: 'checkout' });
      expect(await moneyOf(before.id)).toEqual(before);
    });

  test.for([
    ['of a stranger', { customer: undefined, line_items: [{ quantity: 1, price_data: priceOf(100) }] }],
    ['of its customer', {}],
  ] as const)(
    'is a payment of its own beside a charge that is paid, %s',
    async ([, change], { partner, paidCharge, moneyOf, payForged, expectOwn }) => {
      const { user, id } = await paidCharge();
      const before = await moneyOf(id);
      expect(before).toMatchObject({ status: 'ACCEPTED', session: null });
      await expectOwn(await payForged(id, change), before);
      const refund = await partner.post(`/partners/user/${user}/payments/${id}/refund`, { amount: '3000' });
      expect(refund.status).toBe(201);
    },
  );

  test('is a payment of its own if that is open, or was canceled by its partner', async ({
    partner,
    refusedCharge,
    moneyOf,
    payForged,
    expectOwn,
  }) => {
    const { id, path } = await refusedCharge();
    await expectOwn(await payForged(id), await moneyOf(id));
    expect((await partner.post(`${path}/cancel`)).status).toBe(200);
    await expectOwn(await payForged(id), await moneyOf(id));
  });

  test('is a payment of its own unless it has the customer, the amount and the currency of that', async ({
    paydesk,
    refusedCharge,
    recorded,
    moneyOf,
    payForged,
    expectOwn,
  }) => {
    const { id } = await refusedCharge();
    await paydesk.stripe.paymentIntents.cancel(id, { cancellation_reason: 'abandoned' });
    await paydesk.walkEvents();
    await expect.poll(async () => (await recorded(id)).status).toBe('FAILED');
    const before = await moneyOf(id);
    const { id: ofAnotherTenant } = await refusedCharge();
    const { customer } = await paydesk.stripe.paymentIntents.retrieve(ofAnotherTenant);
    const wrong = [
      { customer: idOf(customer) ?? '' },
      { customer: undefined },
      { line_items: [{ quantity: 1, price_data: priceOf(100) }] },
      { line_items: [{ quantity: 1, price_data: priceOf(3000, 'eur') }] },
    ];
    for (const change of wrong) await expectOwn(await payForged(id, change), before);
    const session = await payForged(id);
    await expect.poll(() => moneyOf(id)).toMatchObject({ status: 'ACCEPTED', session });
  });

  test('does not keep that from being told as cancelled', async ({ paydesk, refusedCharge, notified }) => {
    const { id } = await refusedCharge();
    const { customer } = await paydesk.stripe.paymentIntents.retrieve(id);
    await paydesk.stripe.checkout.sessions.create({
      mode: 'payment',
      line_items: [{ quantity: 1, price_data: priceOf(3000) }],
      success_url: redirects.successRedirect,
      metadata: { paydesk_replaced_payment: id },
      customer: idOf(customer) ?? '',
    });
    await paydesk.stripe.paymentIntents.cancel(id, { cancellation_reason: 'abandoned' });
    await paydesk.walkEvents();
    await expect.poll(() => notified(id)).toContain('payment.canceled');
  });

  test('is a payment of its own if Stripe does not know that one', async ({ payForged, recorded }) => {
    const sessionId = await payForged('pi_missing');
    await expect.poll(async () => (await recorded(sessionId)).status).toBe('ACCEPTED');
  });
});

function priceOf(unitAmount: number, currency = 'usd') {
  return { currency, unit_amount: unitAmount, product_data: { name: 'Wellness exam' } };
}
