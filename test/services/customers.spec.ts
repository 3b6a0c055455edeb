import { describe, expect } from 'vitest';
import { STRIPE_SETTLES_SECONDS } from '../support/durations.js';
import { someUser } from '../support/saved-card.js';
import { paydeskTest } from '../support/paydesk-test.js';

const it = paydeskTest();

describe('/customers/:user_id', () => {
  it("updates a user's details, creates the customer, and shows them", async ({ paydesk, shop }) => {
    const path = `/customers/${someUser()}`;
    const details = {
      email: 'jenny@example.com',
      name: 'Jenny Rosen',
      phone: '+1 555 0100',
      address: {
        line1: '354 Oyster Point Blvd',
        line2: null,
        city: 'San Francisco',
        state: null,
        postalCode: '94080',
        country: 'US',
      },
      taxId: { type: 'eu_vat', value: 'DE123456789' },
      metadata: { segment: 'gold' },
    };
    const given = {
      ...details,
      address: { line1: '354 Oyster Point Blvd', city: 'San Francisco', postalCode: '94080', country: 'US' },
    };
    const { status, body } = await shop.put(path, given);
    expect(status).toBe(200);
    expect(body).toEqual({ stripeCustomerId: expect.stringMatching(/^cus_\w+$/), ...details });
    expect((await shop.get(path)).body).toEqual(body);
    expect(await paydesk.stripe.customers.retrieve(body.stripeCustomerId)).toMatchObject({
      email: 'jenny@example.com',
      name: 'Jenny Rosen',
      phone: '+1 555 0100',
      address: { line1: '354 Oyster Point Blvd', postal_code: '94080', country: 'US' },
      metadata: { segment: 'gold' },
    });
  });

  it('unlinks a customer, which stays at Stripe, and creates another one', async ({ paydesk, shop }) => {
    const path = `/customers/${someUser()}`;
    const { body: first } = await shop.put(path, { name: 'Jenny' });
    expect((await shop.post(`${path}/unlink`)).status).toBe(204);
    expect((await shop.get(path)).status).toBe(404);
    expect((await shop.post(`${path}/unlink`)).status).toBe(404);
    const { body: second } = await shop.put(path, { name: 'Jenny' });
    expect(second.stripeCustomerId).not.toBe(first.stripeCustomerId);
    expect(await paydesk.stripe.customers.retrieve(first.stripeCustomerId)).toMatchObject({ name: 'Jenny' });
    const admin = await paydesk.service('admin', { scopes: ['keys:admin'] });
    const audit = await admin.get(`/admin/audit?objectId=${first.stripeCustomerId}`);
    expect(audit.body.data).toMatchObject([
      { action: 'customer.unlinked', caller: 'service:shop' },
      { action: 'customer.linked' },
    ]);
  });

  // https://docs.stripe.com/api/idempotent_requests: a 500 is kept for its key.
  it('does not take an unlinked customer for the next one, whose creation has failed at Stripe', async ({
    paydesk,
    shop,
    clock,
  }) => {
    const path = `/customers/${someUser()}`;
    const { body: first } = await shop.put(path, { name: 'Jenny' });
    await shop.post(`${path}/unlink`);
    paydesk.sandbox.faults.add({ method: 'POST', path: '/v1/customers', kinds: ['error_before_effect'] });
    const failed = await shop.put(path, { name: 'John' });
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    const { body: second } = failed.status === 200 ? failed : await shop.put(path, { name: 'John' });
    expect(second.stripeCustomerId).toMatch(/^cus_/);
    expect(second.stripeCustomerId).not.toBe(first.stripeCustomerId);
  });

  it('links a customer that was unlinked to another user, who alone sees its payments', async ({
    paydesk,
    shop,
  }) => {
    const [wrong, right] = [someUser(), someUser()];
    const { body } = await shop.put(`/customers/${wrong}`, { name: 'Jenny' });
    await paydesk.stripe.paymentIntents.create({
      amount: 500,
      currency: 'usd',
      customer: body.stripeCustomerId,
      payment_method: 'pm_card_visa',
      allowed_payment_method_types: ['card'],
      confirm: true,
    });
    await shop.post(`/customers/${wrong}/unlink`);
    const { stripeCustomerId } = body;
    expect((await shop.put(`/customers/${right}`, { stripeCustomerId })).status).toBe(200);
    const historyOf = async (user: string) => (await paydesk.user(user)).get('/payments/get-history');
    expect((await historyOf(wrong)).body.data).toEqual([]);
    expect((await historyOf(right)).body.data).toHaveLength(1);
  });

  it('changes only the given details, and merges metadata', async ({ shop }) => {
    const path = `/customers/${someUser()}`;
    const first = await shop.put(path, { name: 'Jenny', metadata: { a: '1', b: '2' } });
    const { body } = await shop.put(path, { metadata: { b: '3', a: '' } });
    expect(body).toEqual({ ...first.body, metadata: { b: '3' } });
  });

  it("stores metadata under any key, up to Stripe's limit", async ({ shop }) => {
    const names = ['toString', 'hasOwnProperty', ...Array.from({ length: 46 }, (_, i) => `k${i}`)];
    const metadata = Object.fromEntries(names.map((name) => [name, 'v']));
    const { status, body } = await shop.put(`/customers/${someUser()}`, { metadata });
    expect({ status, metadata: body.metadata }).toEqual({ status: 200, metadata });
  });

  it('links an existing Stripe customer', async ({ paydesk, shop }) => {
    const path = `/customers/${someUser()}`;
    const { id } = await paydesk.stripe.customers.create({ name: 'Old friend' });
    const linked = await shop.put(path, { stripeCustomerId: id });
    expect(linked).toMatchObject({ status: 200, body: { stripeCustomerId: id, name: 'Old friend' } });
    expect((await shop.put(path, { stripeCustomerId: id })).status).toBe(200);
    expect((await shop.get(path)).body).toEqual(linked.body);
  });

  it('links neither a user nor a Stripe customer twice', async ({ paydesk, shop }) => {
    const [one, other] = await Promise.all([
      paydesk.stripe.customers.create({}),
      paydesk.stripe.customers.create({}),
    ]);
    const user = someUser();
    await shop.put(`/customers/${user}`, { stripeCustomerId: one.id });
    const relinked = await shop.put(`/customers/${user}`, { stripeCustomerId: other.id });
    expect(relinked).toMatchObject({ status: 409, body: { type: 'urn:paydesk:invalid-state' } });
    const shared = await shop.put(`/customers/${someUser()}`, { stripeCustomerId: one.id });
    expect(shared).toMatchObject({ status: 409, body: { type: 'urn:paydesk:invalid-state' } });
  });

  it('keeps a user of a partner apart from a signed-in user of the same id', async ({ paydesk, shop }) => {
    const user = someUser();
    const signedIn = await shop.put(`/customers/${user}`, { name: 'Jenny' });
    const { status } = await shop.get(`/customers/${user}?tenant=acme`);
    expect(status).toBe(404);
    const partners = await shop.put(`/customers/${user}?tenant=acme`, { name: 'John' });
    expect(partners.body.stripeCustomerId).not.toBe(signedIn.body.stripeCustomerId);
    expect(await paydesk.stripe.customers.retrieve(partners.body.stripeCustomerId)).toMatchObject({
      metadata: { paydesk_tenant: 'partner:acme', paydesk_user_id: user },
    });
  });

  it('reports an unknown user and an unknown Stripe customer as 404', async ({ shop }) => {
    const path = `/customers/${someUser()}`;
    expect(await shop.get(path)).toMatchObject({ status: 404, body: { type: 'urn:paydesk:not-found' } });
    expect(await shop.put(path, { stripeCustomerId: 'cus_unknown' })).toMatchObject({
      status: 404,
      body: { errors: [{ field: 'stripeCustomerId' }] },
    });
  });

  const MANY_KEYS = Object.fromEntries(Array.from({ length: 49 }, (_, i) => [`k${i}`, 'v']));

  it.for([
    ['nothing', {}, 'stripeCustomerId'],
    ['a link and a description', { stripeCustomerId: 'cus_1', name: 'x' }, 'stripeCustomerId'],
    ['a dot segment as an id', { stripeCustomerId: '..' }, 'stripeCustomerId'],
    ['an id with a control character', { stripeCustomerId: 'cus\n1' }, 'stripeCustomerId'],
    ['no e-mail address', { email: 'jenny' }, 'email'],
    ['an e-mail address with a lone surrogate', { email: '"\ud800"@example.com' }, 'email'],
    ['an empty name', { name: '' }, 'name'],
    ['an unknown property', { name: 'x', balance: 5 }, 'body'],
    ['a key of ours', { metadata: { paydesk_user_id: 'x' } }, 'metadata'],
    ['a key that JavaScript has for itself', { metadata: { constructor: 'x' } }, 'metadata'],
    ['a key with brackets', { metadata: { 'a[b]': 'x' } }, 'metadata'],
    ['a key with a control character', { metadata: { 'a\u0000': 'x' } }, 'metadata'],
    ['a key with a lone surrogate', { metadata: { '\udc00': 'x' } }, 'metadata'],
    ['a value with a control character', { metadata: { a: '\u0000' } }, 'metadata'],
    ['a value with a lone surrogate', { metadata: { a: '\ud800' } }, 'metadata'],
    ['a long key', { metadata: { ['k'.repeat(41)]: 'x' } }, 'metadata'],
    ['a long value of few characters', { metadata: { a: '\u2764\ufe0f'.repeat(251) } }, 'metadata'],
    ['a long value', { metadata: { a: 'x'.repeat(501) } }, 'metadata'],
    ['a value that is a number', { metadata: { a: 1 } }, 'metadata'],
    ['many keys', { metadata: MANY_KEYS }, 'metadata'],
    ['a long telephone number', { phone: '0'.repeat(21) }, 'phone'],
    ['a card number as a telephone number', { phone: '4000000000006' }, 'phone'],
    ['a card number in a telephone number', { phone: '4242 4242 4242 4242' }, 'phone'],
    ['a card number with a plus sign', { phone: '+4242424242424242' }, 'phone'],
    ['a tax id that is a text', { taxId: 'DE123456789' }, 'taxId'],
    ['a tax id without a type', { taxId: { value: 'DE123456789' } }, 'taxId.type'],
    ['a tax id without a value', { taxId: { type: 'eu_vat' } }, 'taxId.value'],
    ['a tax id with another field', { taxId: { type: 'eu_vat', value: 'x', country: 'DE' } }, 'taxId'],
    ['a type that Stripe can not have', { taxId: { type: 'EU', value: 'x' } }, 'taxId.type'],
    ['a card number as a tax id', { taxId: { type: 'eu_vat', value: '4242424242424242' } }, 'taxId.value'],
    ['an address that is a text', { address: 'Main Street' }, 'address'],
    ['a country in lower case', { address: { country: 'us' } }, 'address.country'],
    ['an address with another field', { address: { street: 'x' } }, 'address'],
    ['metadata that is a list', { metadata: ['x'] }, 'metadata'],
    ['metadata of null', { metadata: null }, 'metadata'],
  ] as const)('refuses %s', async ([_what, body, field], { paydesk, shop }) => {
    const callsBefore = paydesk.stripeCalls.length;
    const answer = await shop.put(`/customers/${someUser()}`, body);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field }] } });
    expect(paydesk.stripeCalls.slice(callsBefore)).toEqual([]);
  });

  // A 13-digit number that starts with 4 and has the check digit of cards
  it.for(['+4000000000006', '+40 000-000 (000) 06'])(
    'takes the telephone number %s',
    async (phone, { shop }) => {
      const { status, body } = await shop.put(`/customers/${someUser()}`, { phone });
      expect({ status, phone: body.phone }).toEqual({ status: 200, phone });
    },
  );

  it('allows only services', async ({ paydesk }) => {
    expect((await paydesk.stranger().get('/customers/u')).status).toBe(401);
    expect((await (await paydesk.partner('acme')).get('/customers/u')).status).toBe(403);
    expect((await (await paydesk.user('u')).put('/customers/u', { name: 'x' })).status).toBe(403);
  });
});
