import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { advanceRefund } from '#sandbox/nouns/refunds/refund.js';
import { ensureWebhookEndpoint } from '#sandbox/nouns/webhook-endpoints/webhook-endpoint.js';
import { query } from '../support/database.js';
import { saveCard, someUser } from '../support/saved-card.js';
import { paydeskTest } from '../support/paydesk-test.js';

const SECRET = 'whsec_test';

const it = paydeskTest({ environment: { STRIPE_WEBHOOK_SECRET: SECRET } })
  /** Has the sandbox send its events, and waits until they are handled. */
  .extend('handleEvents', ({ paydesk }) => async () => {
    await paydesk.sandbox.webhooks.flush();
    await expect.poll(() => query(paydesk, 'select id from event_targets')).toEqual([]);
  });

/** The calls without those that bring the record of payments up to date, which may come at any time. */
function callsForCallers(calls: readonly string[]): string[] {
  return calls.filter(
    (call) => !/^GET \/v1\/(payment_intents|invoice_payments|refunds|disputes|checkout)\b/.test(call),
  );
}

describe('events of the sandbox', () => {
  it.beforeAll(({ paydesk }) => {
    const url = `${paydesk.url}/webhooks/stripe`;
    paydesk.sandbox.run((ctx) => ensureWebhookEndpoint(ctx, { url, secret: SECRET }));
    paydesk.sandbox.webhooks.setBehaviour({ duplicateShare: 0.5, shuffle: true });
  });

  it('release the reservation of a refund that fails later', async ({ paydesk, handleEvents }) => {
    const { stripe, sandbox } = paydesk;
    const intent = await stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      payment_method: 'pm_card_refundFail',
      confirm: true,
      return_url: 'https://example.com/paid',
    });
    const shop = await paydesk.service();
    const { body } = await shop.post('/refund', { paymentID: intent.id });
    const charge = idOf(intent.latest_charge);
    const reserved = 'select reserved_minor::int from refundable_charges where charge_id = $1';
    expect(await query(paydesk, reserved, [charge])).toEqual([{ reserved_minor: 2000 }]);
    sandbox.run((ctx) => advanceRefund(ctx, body.refundID));
    await handleEvents();
    expect(await query(paydesk, reserved, [charge])).toEqual([{ reserved_minor: 0 }]);
  });

  it('let a deleted customer be replaced', async ({ paydesk, handleEvents }) => {
    const partner = await paydesk.partner('acme');
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    const customer = idOf((await paydesk.stripe.paymentMethods.retrieve(card)).customer) ?? '';
    const charge = { amount: '3000', description: 'Wellness exam', stripe_payment_method_id: card };
    await partner.post(`/partners/user/${user}/payment_intent`, charge);
    await handleEvents();
    await paydesk.stripe.customers.del(customer);
    await handleEvents();
    const before = paydesk.stripeCalls.length;
    const { status, body: cards } = await partner.get(`/partners/user/${user}/payment_methods`);
    expect({ status, cards }).toEqual({ status: 200, cards: [] });
    expect((await partner.post(`/partners/user/${user}/payment_intent`, charge)).status).toBe(404);
    expect(paydesk.stripeCalls.slice(before)).toEqual([]);
    const known = 'select payment_method_id from attached_payment_methods where payment_method_id = $1';
    expect(await query(paydesk, known, [card])).toEqual([]);
    const { body: payments } = await partner.get(`/partners/user/${user}/payments`);
    expect(payments).toMatchObject([{ amount: '3000', status: 'complete' }]);
    expect(await saveCard(paydesk, partner, user)).toMatch(/^pm_/);
  });

  it('make a saved card known, so that its first charge is one call to Stripe', async ({
    paydesk,
    handleEvents,
  }) => {
    const partner = await paydesk.partner('acme');
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    await handleEvents();
    const before = paydesk.stripeCalls.length;
    const charge = { amount: '3000', description: 'Wellness exam', stripe_payment_method_id: card };
    expect((await partner.post(`/partners/user/${user}/payment_intent`, charge)).status).toBe(201);
    expect(callsForCallers(paydesk.stripeCalls.slice(before))).toEqual(['POST /v1/payment_intents']);
  });

  it('make a detached card unknown, so that no charge is attempted', async ({ paydesk, handleEvents }) => {
    const partner = await paydesk.partner('acme');
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    await handleEvents();
    await paydesk.stripe.paymentMethods.detach(card);
    await handleEvents();
    const before = paydesk.stripeCalls.length;
    const charge = { amount: '3000', description: 'Wellness exam', stripe_payment_method_id: card };
    expect((await partner.post(`/partners/user/${user}/payment_intent`, charge)).status).toBe(404);
    expect(callsForCallers(paydesk.stripeCalls.slice(before))).toEqual([
      expect.stringMatching(/^GET .*\/payment_methods\/pm_\w+$/),
    ]);
  });

  it('are all handled', async ({ paydesk, handleEvents }) => {
    await paydesk.stripe.products.create({ name: 'Checkup' });
    await handleEvents();
    expect(paydesk.sandbox.webhooks.pending()).toEqual([]);
    const states = 'select state, count(*)::int > 0 as some from webhook_events group by 1 order by 1';
    expect(await query(paydesk, states)).toEqual([
      { state: 'done', some: true },
      { state: 'ignored', some: true },
    ]);
  });
});
