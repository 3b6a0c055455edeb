import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { usePaydesk } from '../support/paydesk.js';

describe('a request that was refused before anything was sent', async () => {
  const paydesk = await usePaydesk();
  const shop = await paydesk.service();
  const page = { successRedirect: 'https://example.com/ok', failureRedirect: 'https://example.com/ko' };

  afterEach(() => paydesk.sandbox.faults.clear());

  it.each<[string, string, object, number]>([
    ['for an unknown payment', '/refund', { paymentID: 'pi_unknown' }, 404],
    ['for its amount', '/pay', { ...page, amount: '0.10' }, 422],
    ['as Stripe failed', '/pay/expire', { paymentID: 'cs_test_1' }, 503],
  ])('%s names its operation, of which nothing is kept', async (_why, path, body, status) => {
    if (status === 503) paydesk.sandbox.faults.add({ kinds: ['error_before_effect'], share: 1 });
    const answer = await shop.post(path, body);
    expect(answer.status).toBe(status);
    expect(answer.body.operationId).toMatch(/^[0-9a-f-]{36}$/);
    expect((await shop.get(`/operations/${answer.body.operationId}`)).status).toBe(404);
  });

  it('may be repeated, changed, under the same key', async () => {
    const key = { 'idempotency-key': randomUUID() };
    expect((await shop.post('/pay', { ...page, amount: '0.10' }, key)).status).toBe(422);
    const answer = await shop.post('/pay', { ...page, amount: '10.00' }, key);
    expect(answer.status).toBe(201);
    expect(answer.headers.has('idempotent-replayed')).toBe(false);
  });
});
