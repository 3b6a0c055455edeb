import { describe, expect } from 'vitest';
import { saveCard, someUser } from '../support/saved-card.js';
import { paydeskTest } from '../support/paydesk-test.js';

const it = paydeskTest();

describe('POST /partners/user/:user_id/setup_intent', () => {
  it('returns the client secret of a SetupIntent for off-session cards', async ({ paydesk, partner }) => {
    const { status, body } = await partner.post(`/partners/user/${someUser()}/setup_intent`);
    expect(status).toBe(201);
    expect(Object.keys(body)).toEqual(['client_secret']);
    expect(body.client_secret).toMatch(/^seti_\w+_secret_\w+$/);
    const intent = await paydesk.stripe.setupIntents.retrieve(body.client_secret.split('_secret_')[0]);
    expect(intent).toMatchObject({ usage: 'off_session', status: 'requires_payment_method' });
    expect(intent.allowed_payment_method_types).toEqual(['card']);
  });

  it('creates one Stripe customer for 50 concurrent first calls', async ({ paydesk, partner }) => {
    const user = someUser();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => partner.post(`/partners/user/${user}/setup_intent`)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(201));
    const customers = await paydesk.stripe.customers.list({ limit: 100 });
    expect(customers.data.filter(({ metadata }) => metadata['paydesk_user_id'] === user)).toHaveLength(1);
  });

  it('keeps users with the same id apart by partner', async ({ paydesk, partner }) => {
    const user = someUser();
    const rival = await paydesk.partner('rival');
    await saveCard(paydesk, partner, user);
    const { body } = await rival.get(`/partners/user/${user}/payment_methods`);
    expect(body).toEqual([]);
  });

  it('returns the same secret for a repetition with the same Idempotency-Key', async ({ partner }) => {
    const user = someUser();
    const ask = () =>
      partner.post(`/partners/user/${user}/setup_intent`, undefined, { 'idempotency-key': 'one' });
    const first = await ask();
    const second = await ask();
    expect(second.body).toEqual(first.body);
    expect(first.headers.has('idempotent-replayed')).toBe(false);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
  });
});
