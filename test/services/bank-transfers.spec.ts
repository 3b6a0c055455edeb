import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { ensureWebhookEndpoint } from '#sandbox/nouns/webhook-endpoints/webhook-endpoint.js';
import { press } from '../confirm/confirm-test.js';
import { DAY_SECONDS } from '../support/durations.js';
import { query } from '../support/database.js';
import { expectProblem } from '../support/expect-problem.js';
import { redirects } from '../support/hosted-page.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { visit } from '../support/plain-browser.js';
import { someUser } from '../support/saved-card.js';

const SECRET = 'whsec_test';
/** https://docs.stripe.com/payments/sepa-debit/accept-a-payment#test-integration: succeeds and fails after processing. */
const PAYING_IBAN = 'DE89370400440532013000';
const FAILING_IBAN = 'DE62370400440532013001';

const it = paydeskTest({ environment: { STRIPE_WEBHOOK_SECRET: SECRET } })
  .extend('webhook', { scope: 'file', auto: true }, ({ paydesk }) => {
    const url = `${paydesk.url}/webhooks/stripe`;
    paydesk.sandbox.run((ctx) => ensureWebhookEndpoint(ctx, { url, secret: SECRET }));
  })
  /** Has the sandbox send its events, and waits until they are handled. */
  .extend('handleEvents', ({ paydesk }) => async () => {
    paydesk.sandbox.run(() => undefined);
    await paydesk.sandbox.webhooks.flush();
    await expect.poll(() => query(paydesk, 'select id from event_targets')).toEqual([]);
  })
  .extend('start', ({ shop }) => (more: object = {}) => {
    const order = { amount: '25.00', currency: 'eur', paymentMethods: ['customer_balance'] };
    return shop.post('/pay', { ...redirects, ...order, ...more });
  })
  /** A payment whose customer has chosen to transfer the money, and the page with the instructions. */
  .extend('choose', ({ start }) => async (more: object = {}) => {
    const { body } = await start({ userId: someUser(), ...more });
    const instructions = await submit(body.redirectToUrl, { bank_transfer: 'yes' });
    return { paymentID: String(body.paymentID), instructions };
  })
  /** What callers are told: `/status`, the record and the notifications. */
  .extend('told', ({ shop, handleEvents }) => async (paymentID: string) => {
    await handleEvents();
    const { body } = await shop.get(`/status?paymentID=${paymentID}`);
    const { status: recorded } = (await shop.get(`/pay/payments/${paymentID}`)).body;
    const notifications = (await shop.get(`/notifications?paymentID=${paymentID}`)).body.data as {
      type: string;
    }[];
    return { status: body.status, recorded, types: notifications.map(({ type }) => type) };
  });

const PENDING = { status: 'PENDING', recorded: 'PENDING' };
const ACCEPTED = { status: 'ACCEPTED', recorded: 'ACCEPTED' };
const FAILED = { status: 'FAILED', recorded: 'FAILED' };
const CHOSEN = ['checkout.completed', 'payment.action_required'];

/** https://docs.stripe.com/payments/bank-transfers */
describe('a payment by bank transfer', () => {
  it('is pending until all of the money has arrived', async ({ choose, told }) => {
    const { paymentID, instructions } = await choose();
    expect(await told(paymentID)).toEqual({ ...PENDING, types: CHOSEN });
    await submit(instructions, { amount: '1000' });
    expect(await told(paymentID)).toEqual({ ...PENDING, types: CHOSEN });
    await submit(instructions, {});
    expect(await told(paymentID)).toEqual({ ...ACCEPTED, types: [...CHOSEN, 'payment.succeeded'] });
  });

  it('is paid at once from what the customer has transferred before', async ({
    paydesk,
    shop,
    start,
    told,
  }) => {
    const userId = someUser();
    const { stripeCustomerId } = (await shop.put(`/customers/${userId}`, { name: 'Ada' })).body;
    await paydesk.stripe.testHelpers.customers.fundCashBalance(stripeCustomerId, {
      amount: 2500,
      currency: 'eur',
    });
    const { body } = await start({ userId });
    await submit(body.redirectToUrl, { bank_transfer: 'yes' });
    expect(await told(body.paymentID)).toEqual({
      ...ACCEPTED,
      types: ['checkout.completed', 'payment.succeeded'],
    });
  });

  it('fails if it is given up, and takes no money then', async ({ paydesk, shop, choose, told }) => {
    const [voided, canceled] = [await choose(), await choose()];
    for (const { paymentID } of [voided, canceled])
      expect(await told(paymentID)).toEqual({ ...PENDING, types: CHOSEN });
    expect((await shop.post('/pay/void', { paymentID: voided.paymentID })).status).toBe(200);
    const session = await paydesk.stripe.checkout.sessions.retrieve(canceled.paymentID);
    await paydesk.stripe.paymentIntents.cancel(idOf(session.payment_intent) ?? '');
    for (const { paymentID } of [voided, canceled])
      expect(await told(paymentID)).toEqual({
        ...FAILED,
        types: [...CHOSEN, 'payment.canceled', 'payment.failed'],
      });
  });

  it('fails if its page expires', async ({ clock, start, told }) => {
    const { body } = await start({ userId: someUser() });
    clock.moveSeconds(DAY_SECONDS + 1);
    expect(await told(body.paymentID)).toMatchObject({
      ...FAILED,
      types: ['checkout.expired', 'payment.failed'],
    });
  });

  it('is told with a link that leads to the instructions', async ({ shop, choose, told }) => {
    const { paymentID, instructions } = await choose();
    await told(paymentID);
    const { data } = (await shop.get(`/notifications?paymentID=${paymentID}`)).body;
    const { confirm_url: url } = data.at(-1).data;
    const page = await visit(url);
    expect(page.text).toContain('€25.00');
    expect(page.text).toContain('Your payment is not complete yet.');
    expect(Object.keys(page.forms)).toEqual(['another-card']);
    expect(await press(page, 'another-card')).toBe(instructions);
    await submit(instructions, {});
    expect((await visit(url)).text).toContain('This payment is complete.');
  });

  // https://docs.stripe.com/payments/customer-balance/refunding
  it('is refunded once the customer has named a bank account', async ({ shop, clock, choose, told }) => {
    const { paymentID, instructions } = await choose();
    await submit(instructions, {});
    const paid = await told(paymentID);
    const refund = await shop.post('/refund', { paymentID, amount: '10.00' });
    expect(refund).toMatchObject({ status: 201, body: { result: 'PENDING' } });
    expect(await told(paymentID)).toEqual(paid);
    clock.moveSeconds(DAY_SECONDS);
    expect(await told(paymentID)).toEqual({ ...paid, types: [...paid.types, 'refund.succeeded'] });
  });

  // https://docs.stripe.com/payments/customer-balance/refunding
  it('is refunded only to a customer with an email address', async ({ paydesk, shop, choose }) => {
    const userId = someUser();
    const { paymentID, instructions } = await choose({ userId });
    await submit(instructions, {});
    const path = `/customers/${userId}`;
    const { stripeCustomerId } = (await shop.get(path)).body;
    await paydesk.stripe.customers.update(stripeCustomerId, { email: '' });
    const headers = { 'idempotency-key': randomUUID() };
    for (const replayed of [null, 'true']) {
      const refused = await shop.post('/refund', { paymentID }, headers);
      expectProblem(refused, 'customer-email-required');
      expect(refused.headers.get('idempotent-replayed')).toBe(replayed);
    }
    await shop.put(path, { email: 'ada@example.com' });
    expect(await shop.post('/refund', { paymentID })).toMatchObject({
      status: 201,
      body: { result: 'PENDING', amount: '25.00' },
    });
  });

  it('needs no email address for a refund that is refused for another reason', async ({
    paydesk,
    shop,
    choose,
  }) => {
    const userId = someUser();
    const { paymentID, instructions } = await choose({ userId });
    await submit(instructions, {});
    await shop.put(`/customers/${userId}`, { email: 'ada@example.com' });
    const error = { status: 400, type: 'invalid_request_error' } as const;
    paydesk.sandbox.faults.add({ method: 'POST', path: '/v1/refunds', kinds: ['refuse'], error });
    expectProblem(await shop.post('/refund', { paymentID }), 'provider-refused');
  });

  it('requires a user', async ({ start }) => {
    expect(await start()).toMatchObject({ status: 400, body: { errors: [{ field: 'userId' }] } });
    expect((await start({ paymentMethods: ['card', 'customer_balance'] })).status).toBe(400);
  });
});

describe('a payment by whatever the account takes', () => {
  it('can be a bank transfer, of a known user', async ({ paydesk, start, choose, told }) => {
    const { paymentID, instructions } = await choose({ paymentMethods: 'dynamic' });
    expect(await told(paymentID)).toEqual({ ...PENDING, types: CHOSEN });
    await submit(instructions, {});
    expect(await told(paymentID)).toEqual({ ...ACCEPTED, types: [...CHOSEN, 'payment.succeeded'] });
    const { body } = await start({ paymentMethods: 'dynamic' });
    const { payment_method_types: types } = await paydesk.stripe.checkout.sessions.retrieve(body.paymentID);
    expect(types).toEqual(['card', 'sepa_debit']);
  });

  it.for([
    [PAYING_IBAN, ACCEPTED, 'payment.succeeded'],
    [FAILING_IBAN, FAILED, 'payment.failed'],
  ] as const)(
    'is pending until the debit of %s is decided',
    async ([iban, decided, type], { clock, start, told }) => {
      const { body } = await start({ paymentMethods: 'dynamic' });
      await submit(body.redirectToUrl, { iban, email: 'ada@example.com', name: 'Ada' });
      const before = await told(body.paymentID);
      expect(before).toMatchObject(PENDING);
      clock.moveSeconds(DAY_SECONDS);
      expect(await told(body.paymentID)).toEqual({ ...decided, types: [...before.types, type] });
    },
  );
});

/** Posts a form, and returns where it leads. */
async function submit(url: string, fields: Record<string, string>): Promise<string> {
  const body = new URLSearchParams(fields);
  const response = await fetch(url, { method: 'POST', body, redirect: 'manual' });
  expect(response.status).toBe(303);
  return new URL(response.headers.get('location') ?? '', url).href;
}
