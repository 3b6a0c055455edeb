import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { settleRefund } from '#sandbox/nouns/refunds/refund.js';
import { ensureWebhookEndpoint } from '#sandbox/nouns/webhook-endpoints/webhook-endpoint.js';
import { query } from '../support/database.js';
import { saveCard, someUser } from '../support/saved-card.js';
import { paydeskTest } from '../support/paydesk-test.js';

const SECRET = 'whsec_test';

const it = paydeskTest({ environment: { STRIPE_WEBHOOK_SECRET: SECRET } });

describe('events of the sandbox', () => {
  it.beforeAll(({ paydesk }) => {
    const url = `${paydesk.url}/webhooks/stripe`;
    paydesk.sandbox.run((ctx) => ensureWebhookEndpoint(ctx, url, SECRET));
    paydesk.sandbox.webhooks.setBehaviour({ duplicateShare: 0.5, shuffle: true });
  });

  it('release the reservation of a refund that fails later', async ({ paydesk }) => {
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
    sandbox.run((ctx) => settleRefund(ctx, body.refundID));
    await sandbox.webhooks.flush();
    expect(await query(paydesk, reserved, [charge])).toEqual([{ reserved_minor: 0 }]);
  });

  it('let a deleted customer be replaced', async ({ paydesk }) => {
    const partner = await paydesk.partner('acme');
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    const customer = idOf((await paydesk.stripe.paymentMethods.retrieve(card)).customer) ?? '';
    const charge = { amount: '3000', description: 'Wellness exam', stripe_payment_method_id: card };
    await partner.post(`/partners/user/${user}/payment_intent`, charge);
    await paydesk.sandbox.webhooks.flush();
    await paydesk.stripe.customers.del(customer);
    await paydesk.sandbox.webhooks.flush();
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

  it('make a saved card known, so that its first charge is one call to Stripe', async ({ paydesk }) => {
    const partner = await paydesk.partner('acme');
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    await paydesk.sandbox.webhooks.flush();
    const before = paydesk.stripeCalls.length;
    const charge = { amount: '3000', description: 'Wellness exam', stripe_payment_method_id: card };
    expect((await partner.post(`/partners/user/${user}/payment_intent`, charge)).status).toBe(201);
    expect(paydesk.stripeCalls.slice(before)).toEqual(['POST /v1/payment_intents']);
  });

  it('make a detached card unknown, so that no charge is attempted', async ({ paydesk }) => {
    const partner = await paydesk.partner('acme');
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    await paydesk.sandbox.webhooks.flush();
    await paydesk.stripe.paymentMethods.detach(card);
    await paydesk.sandbox.webhooks.flush();
    const before = paydesk.stripeCalls.length;
    const charge = { amount: '3000', description: 'Wellness exam', stripe_payment_method_id: card };
    expect((await partner.post(`/partners/user/${user}/payment_intent`, charge)).status).toBe(404);
    expect(paydesk.stripeCalls.slice(before)).toEqual([
      expect.stringMatching(/^GET .*\/payment_methods\/pm_\w+$/),
    ]);
  });

  it('are all handled', async ({ paydesk }) => {
    await paydesk.stripe.products.create({ name: 'Checkup' });
    await paydesk.sandbox.webhooks.flush();
    expect(paydesk.sandbox.webhooks.pending()).toEqual([]);
    expect(await query(paydesk, 'select id from webhook_events where handled_at is null')).toEqual([]);
  });
});
