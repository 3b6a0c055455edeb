import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { query } from '../support/database.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { FOREVER_MS } from '../support/durations.js';
import { redirects } from '../support/hosted-page.js';

const it = paydeskTest();

describe('a request that was refused before a call to Stripe', () => {
  it.for<[string, string, object, number]>([
    ['for an unknown payment', '/refund', { paymentID: 'pi_unknown' }, 404],
    ['for its amount', '/pay', { ...redirects, amount: '0.10' }, 422],
    ['as Stripe failed', '/pay/expire', { paymentID: 'cs_test_1' }, 503],
  ])(
    '%s names its operation, of which nothing is kept',
    async ([_why, path, body, status], { paydesk, shop }) => {
      if (status === 503) paydesk.sandbox.faults.add({ kinds: ['error_before_effect'], share: 1 });
      const answer = await shop.post(path, body);
      expect(answer.status).toBe(status);
      expect(answer.body.operationId).toMatch(/^[0-9a-f-]{36}$/);
      expect((await shop.get(`/operations/${answer.body.operationId}`)).status).toBe(404);
    },
  );

  it('returns in-progress if another instance has deleted the operation meanwhile', async ({
    paydesk,
    shop,
  }) => {
    const payment = await paydesk.stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      payment_method: 'pm_card_visa',
      confirm: true,
      return_url: 'https://example.com/paid',
    });
    const wait = { path: '/v1/refunds', method: 'GET', kinds: ['wait'], waitMs: FOREVER_MS } as const;
    const planning = paydesk.sandbox.faults.add(wait);
    const answer = shop.post('/refund', { paymentID: payment.id });
    await expect.poll(() => planning.injected.wait).toBe(1);
    await query(paydesk, 'delete from operations');
    paydesk.sandbox.faults.clear();
    expect(await answer).toMatchObject({
      status: 409,
      body: { type: 'urn:paydesk:in-progress', retryable: true, operationId: expect.any(String) },
    });
  });

  it('can be changed and repeated under the same key', async ({ shop }) => {
    const key = { 'idempotency-key': randomUUID() };
    expect((await shop.post('/pay', { ...redirects, amount: '0.10' }, key)).status).toBe(422);
    const answer = await shop.post('/pay', { ...redirects, amount: '10.00' }, key);
    expect(answer.status).toBe(201);
    expect(answer.headers.has('idempotent-replayed')).toBe(false);
  });
});
