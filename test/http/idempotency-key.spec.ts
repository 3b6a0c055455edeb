import { describe, expect } from 'vitest';
import { startPaydesk } from '../support/paydesk.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { saveCard, someUser } from '../support/saved-card.js';

const it = paydeskTest({ environment: { REQUIRE_IDEMPOTENCY_KEY: 'strict-partner' } }).extend(
  'chargeOf',
  ({ paydesk }) =>
    async (partnerName: string, headers: Record<string, string>) => {
      const partner = await paydesk.partner(partnerName);
      const user = someUser();
      const card = await saveCard(paydesk, partner, user);
      const body = { amount: '3000', description: 'x', stripe_payment_method_id: card };
      return {
        user,
        partner,
        answer: await partner.post(`/partners/user/${user}/payment_intent`, body, headers),
      };
    },
);

describe('Idempotency-Key', () => {
  it('is generated if it is missing, and returned', async ({ chargeOf }) => {
    const { answer } = await chargeOf('acme', {});
    expect(answer.status).toBe(201);
    expect(answer.headers.get('idempotency-key')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is returned as it was sent', async ({ chargeOf }) => {
    const { answer } = await chargeOf('acme', { 'idempotency-key': 'order-7' });
    expect(answer.headers.get('idempotency-key')).toBe('order-7');
  });

  // https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ sends a quoted string.
  it('is the same with and without the quotes of the IETF draft', async ({ paydesk }) => {
    const partner = await paydesk.partner('acme');
    const user = someUser();
    const ask = (key: string) =>
      partner.post(`/partners/user/${user}/setup_intent`, undefined, { 'idempotency-key': key });
    const plain = await ask('abc');
    const quoted = await ask('"abc"');
    expect(quoted.body).toEqual(plain.body);
    expect(quoted.headers.get('idempotent-replayed')).toBe('true');
  });

  it('is required of the partners in the settings, for charges', async ({ chargeOf }) => {
    const { answer } = await chargeOf('strict-partner', {});
    expect(answer).toMatchObject({
      status: 400,
      body: {
        type: 'urn:paydesk:idempotency-key-invalid',
        errors: [{ field: 'Idempotency-Key', message: 'is required' }],
      },
    });
    expect((await chargeOf('strict-partner', { 'idempotency-key': 'k' })).answer.status).toBe(201);
  });

  it('is required of all callers by true, for refunds too', async () => {
    const strict = await startPaydesk({ environment: { REQUIRE_IDEMPOTENCY_KEY: 'true' } });
    const service = await strict.service();
    const bare = await service.post('/refund', { paymentID: 'pi_unknown' });
    const keyed = await service.post('/refund', { paymentID: 'pi_unknown' }, { 'idempotency-key': 'k' });
    await strict.close();
    expect([bare.status, keyed.status]).toEqual([400, 404]);
  });
});

describe('GET /operations/:id', () => {
  it('shows the outcome of a request to its caller only', async ({ paydesk }) => {
    const partner = await paydesk.partner('acme');
    const user = someUser();
    const card = await saveCard(paydesk, partner, user, 'pm_card_chargeCustomerFail');
    const { body } = await partner.post(`/partners/user/${user}/payment_intent`, {
      amount: '3000',
      description: 'x',
      stripe_payment_method_id: card,
    });
    const path = `/operations/${body.operationId}`;
    expect(await partner.get(path)).toMatchObject({
      status: 200,
      body: { operationId: body.operationId, state: 'failed', problem: 'urn:paydesk:card-declined' },
    });
    for (const other of [await paydesk.partner('rival'), await paydesk.service(), await paydesk.user(user)]) {
      expect((await other.get(path)).status).toBe(404);
    }
    expect((await paydesk.stranger().get(path)).status).toBe(401);
  });

  it.for(['1', 'x'.repeat(36), '3E1F7F0C-54C8-8B21-8F0E-6C1A5D1E9B7A', '%00'])(
    'refuses the id %s',
    async (id, { paydesk }) => {
      const partner = await paydesk.partner('acme');
      const { status, body } = await partner.get(`/operations/${id}`);
      expect({ status, field: body.errors[0].field }).toEqual({ status: 400, field: 'id' });
    },
  );
});
