import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { query } from '../support/database.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { saveCard, someUser } from '../support/saved-card.js';

const it = paydeskTest();

describe('a database that is lost', () => {
  it('charges nobody twice, because the key at Stripe is derived from the request alone', async ({
    paydesk,
    partner,
  }) => {
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    const key = { 'idempotency-key': randomUUID() };
    const charge = (amount: string) =>
      partner.post(
        `/partners/user/${user}/payment_intent`,
        { amount, description: user, stripe_payment_method_id: card },
        key,
      );
    const first = await charge('3000');
    await query(paydesk, 'delete from operations');

    const again = await charge('3000');
    expect([again.status, again.headers.get('location')]).toEqual([201, first.headers.get('location')]);
    await query(paydesk, 'delete from operations');
    // https://docs.stripe.com/api/idempotent_requests: Stripe refuses other parameters under the same key.
    expect(await charge('9900')).toMatchObject({
      status: 422,
      body: { type: 'urn:paydesk:idempotency-key-reused' },
    });
    const last = await charge('3000');
    expect([last.status, last.headers.get('location')]).toEqual([201, first.headers.get('location')]);
    expect(paydesk.sandbox.ledger.list('payment_intent')).toHaveLength(1);
  });
});
