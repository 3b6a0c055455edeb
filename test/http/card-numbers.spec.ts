import { describe, expect } from 'vitest';
import { paydeskTest } from '../support/paydesk-test.js';

const CHARGE = '/partners/user/user-1/payment_intent';
const VALID = { amount: '3000', description: 'Wellness exam', stripe_payment_method_id: 'pm_123' };
const REDIRECTS = { successRedirect: 'https://example.com/ok', failureRedirect: 'https://example.com/ko' };
const CARD = '4242424242424242';
/** Of no card brand, with a valid check digit. */
const OTHER_NUMBER = '1234567890123452';

const it = paydeskTest();

/** The text of a problem. The id of its request may contain any digits. */
function withoutRandomId({ instance: _instance, ...problem }: Record<string, unknown>): string {
  return JSON.stringify(problem);
}

describe('a card number', () => {
  it.for<[string, string, object]>([
    ['description', CHARGE, { ...VALID, description: `Card ${CARD}` }],
    ['description', CHARGE, { ...VALID, description: '4242 4242 4242 4242' }],
    ['description', CHARGE, { ...VALID, description: '3782-822463-10005' }],
    ['description', CHARGE, { ...VALID, description: OTHER_NUMBER }],
    ['stripe_payment_method_id', CHARGE, { ...VALID, stripe_payment_method_id: `pm_${CARD}` }],
  ])('is refused in %s of a charge', async ([field, path, body], { paydesk, partner }) => {
    const answer = await partner.post(path, body);
    expect(answer).toMatchObject({
      status: 400,
      body: { errors: [{ field, message: 'must not contain a card number' }] },
    });
    expect(paydesk.stripeCalls).toEqual([]);
  });

  it.for<[string, object]>([
    ['successRedirect', { amount: '5.00', successRedirect: `https://example.com/${CARD}` }],
    ['shopTransactionID', { amount: '5.00', shopTransactionID: CARD }],
    ['userId', { amount: '5.00', userId: CARD }],
    ['description', { amount: '5.00', description: OTHER_NUMBER }],
    ['products[1].productName', { products: [tea(), { ...tea(), productName: `Card ${CARD}` }] }],
    ['products[0].priceId', { products: [{ quantity: 1, priceId: CARD }] }],
  ])('is refused in %s of a checkout', async ([field, body], { shop }) => {
    const answer = await shop.post('/pay', { ...REDIRECTS, ...body });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field }] } });
    expect(withoutRandomId(answer.body)).not.toMatch(/4242|1234/);
  });

  it.for<[string, object]>([
    ['email', { email: `${CARD}@example.com` }],
    ['name', { name: CARD }],
    ['metadata', { metadata: { note: '4242-4242-4242-4242' } }],
    ['metadata', { metadata: { [CARD]: 'x' } }],
    ['stripeCustomerId', { stripeCustomerId: `cus_${CARD}` }],
  ])('is refused in %s of a customer', async ([field, body], { shop }) => {
    const answer = await shop.put('/customers/user-1', body);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field }] } });
    expect(withoutRandomId(answer.body)).not.toContain('4242');
  });

  it.for([
    ['a path', `/customers/${CARD}`],
    ['a query', `/customers/user-1?tenant=${CARD}`],
    ['a query', `/status?paymentID=pi_${CARD}`],
  ])('is refused in %s: %s', async ([, path = ''], { shop }) => {
    const { status, body } = await shop.get(path);
    expect(status).toBe(400);
    expect(JSON.stringify(body)).not.toContain(CARD);
  });

  it('is refused as an Idempotency-Key', async ({ partner }) => {
    const { status, body } = await partner.post(CHARGE, VALID, { 'idempotency-key': CARD });
    expect({ status, type: body.type }).toEqual({ status: 400, type: 'urn:paydesk:idempotency-key-invalid' });
    expect(JSON.stringify(body)).not.toContain(CARD);
  });

  it.for(['sk_live_abc', 'rk_test_abc', 'whsec_abc', `pdk_service_${'x'.repeat(43)}`])(
    'is refused as an id, and so is %s',
    async (key, { shop }) => {
      const answers = [
        await shop.get(`/customers/${key}`),
        await shop.get(`/customers/user-1?tenant=${key}`),
        await shop.put('/customers/user-1', { stripeCustomerId: key }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
      expect(JSON.stringify(answers)).not.toContain(key);
    },
  );
});

describe('a long number that is no card number', () => {
  it.for([
    ['a snowflake id with a valid check digit', '1541815603606036489'],
    ['a time in milliseconds with a valid check digit', '1732567890121'],
    ['a UUID', '42424242-4242-4242-8242-424242424242'],
  ])('may be the id of a user: %s', async ([, user = ''], { partner }) => {
    expect(await partner.get(`/partners/user/${user}/payment_methods`)).toMatchObject({ status: 200 });
  });

  it('may be the id of a payment or an Idempotency-Key', async ({ shop }) => {
    const { status } = await shop.post(
      '/pay',
      { ...REDIRECTS, amount: '5.00', shopTransactionID: OTHER_NUMBER },
      { 'idempotency-key': OTHER_NUMBER },
    );
    expect(status).toBe(201);
  });
});

function tea() {
  return { quantity: 1, unitAmount: '1.00', productName: 'Tea' };
}
