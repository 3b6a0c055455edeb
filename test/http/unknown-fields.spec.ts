import { describe, expect } from 'vitest';
import { paydeskTest } from '../support/paydesk-test.js';

const CHARGE = '/partners/user/user-1/payment_intent';
const VALID = { amount: '3000', description: 'Wellness exam', stripe_payment_method_id: 'pm_123' };
const REDIRECTS = { successRedirect: 'https://example.com/ok', failureRedirect: 'https://example.com/ko' };
const SECRET = 'sk_live_4242424242424242';

const it = paydeskTest();

/** The only error of a request with one field that is not recognized. */
function unknownAt(field: string, position: number) {
  const message = `has a field that is not recognized, at position ${position}`;
  return { status: 400, body: { errors: [{ field, message }] } };
}

describe('an unknown field is reported by its parent and its position', () => {
  it('in a body and in a query', async ({ partner, shop }) => {
    expect(await partner.post(CHARGE, { ...VALID, [SECRET]: 'x' })).toMatchObject(unknownAt('body', 4));
    expect(await shop.get(`/status?paymentID=pi_1&${SECRET}=x`)).toMatchObject(unknownAt('query', 2));
  });

  it('on routes that take neither', async ({ partner, shop }) => {
    const setupIntent = '/partners/user/user-1/setup_intent';
    expect(await partner.post(setupIntent, { [SECRET]: 'x' })).toMatchObject(unknownAt('body', 1));
    expect(await partner.get(`/partners/user/user-1/payment_methods?${SECRET}`)).toMatchObject(
      unknownAt('query', 1),
    );
    expect(await shop.post(`/pay?a=1&${SECRET}`, {})).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'query' }, { field: 'query' }] },
    });
  });

  it('in a product', async ({ shop }) => {
    const product = { quantity: 1, unitAmount: '1.00', productName: 'Tea' };
    const bodyWith = (name: string) => ({ ...REDIRECTS, products: [product, { ...product, [name]: 'x' }] });
    for (const name of [SECRET, 'toItem', 'constructor', 'prototype']) {
      expect(await shop.post('/pay', bodyWith(name))).toMatchObject(unknownAt('products[1]', 4));
    }
  });

  it("within metadata, whose keys are the caller's too", async ({ shop }) => {
    const metadata = { note: 'x', [SECRET]: { constructor: 'x' } };
    expect(await shop.put('/customers/user-1', { name: 'Jenny', metadata })).toMatchObject(
      unknownAt('metadata', 2),
    );
  });

  it('within a field that is unknown itself', async ({ partner }) => {
    const body = { ...VALID, [SECRET]: { constructor: 'x' } };
    expect(await partner.post(CHARGE, body)).toMatchObject(unknownAt('body', 4));
  });

  it('never by its name', async ({ partner }) => {
    const names = [SECRET, 'toCommand', 'hasOwnProperty', 'constructor', 'bob@example.com'];
    for (const name of names) {
      const { status, body } = await partner.post(CHARGE, { ...VALID, [name]: name });
      expect(status).toBe(400);
      expect(JSON.stringify(body)).not.toContain(name);
    }
  });
});
