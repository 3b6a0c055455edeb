import { idOf } from '#stripe/id-of.js';
import { describe, expect } from 'vitest';
import { issuerTenant } from '#core/actor.js';
import type { Caller } from '../support/caller.js';
import { someUser } from '../support/saved-card.js';
import { paydeskTest } from '../support/paydesk-test.js';

const it = paydeskTest()
  /** The Stripe customer of a user, created by a SetupIntent. */
  .extend('customerOf', ({ paydesk }) => async (user: Caller) => {
    const { body } = await user.post('/payments/create-setup-intent');
    const { customer } = await paydesk.stripe.setupIntents.retrieve(body.clientSecret.split('_secret_')[0]);
    return idOf(customer) ?? '';
  })
  .extend('attach', ({ paydesk }) => async (customer: string, testCard = 'pm_card_visa') => {
    return (await paydesk.stripe.paymentMethods.attach(testCard, { customer })).id;
  })
  .extend('charge', ({ paydesk, attach }) => async (customer: string, amount: number) => {
    const intent = await paydesk.stripe.paymentIntents.create({
      amount,
      currency: 'usd',
      customer,
      payment_method: await attach(customer),
      allowed_payment_method_types: ['card'],
      confirm: true,
      description: `for ${amount}`,
    });
    return idOf(intent.latest_charge) ?? '';
  });

describe('the signed-in user', () => {
  it('starts saving a card as a customer of the issuer’s tenant', async ({ paydesk, customerOf }) => {
    const userId = someUser();
    const user = await paydesk.user(userId);
    const { status, body } = await user.post('/payments/create-setup-intent');
    expect(status).toBe(201);
    expect(Object.keys(body)).toEqual(['clientSecret']);
    const customer = await paydesk.stripe.customers.retrieve(await customerOf(user));
    expect(customer).toMatchObject({
      metadata: { paydesk_tenant: issuerTenant('paydesk'), paydesk_user_id: userId },
    });
  });

  describe('GET /payments/payment-information', () => {
    it('shows the default card, the billing details and the balance in one call to Stripe', async ({
      paydesk,
      customerOf,
      attach,
    }) => {
      const user = await paydesk.user(someUser());
      const customer = await customerOf(user);
      const chosen = await attach(customer, 'pm_card_visa');
      await attach(customer, 'pm_card_mastercard');
      await paydesk.stripe.customers.update(customer, {
        name: 'Jenny Rosen',
        email: 'jenny@example.com',
        phone: '+15551234',
        address: {
          line1: '1 Main Street',
          city: 'Springfield',
          state: 'IL',
          postal_code: '62701',
          country: 'US',
        },
        invoice_settings: { default_payment_method: chosen },
        balance: -250,
      });
      const before = paydesk.stripeCalls.length;
      const { status, body } = await user.get('/payments/payment-information');
      expect(paydesk.stripeCalls.slice(before)).toEqual([`GET /v1/customers/${customer}`]);
      expect(status).toBe(200);
      expect(body).toEqual({
        balance: -250,
        billingDetails: {
          name: 'Jenny Rosen',
          email: 'jenny@example.com',
          phone: '+15551234',
          address: {
            line1: '1 Main Street',
            line2: null,
            city: 'Springfield',
            state: 'IL',
            postal_code: '62701',
            country: 'US',
          },
        },
        card: { brand: 'visa', exp_month: expect.any(Number), exp_year: expect.any(Number), last4: '4242' },
      });
    });

    it('shows the newest card where none is the default', async ({ paydesk, customerOf, attach }) => {
      const user = await paydesk.user(someUser());
      const customer = await customerOf(user);
      await attach(customer, 'pm_card_visa');
      await attach(customer, 'pm_card_mastercard');
      const { body } = await user.get('/payments/payment-information');
      expect(body.card).toMatchObject({ brand: 'mastercard', last4: '4444' });
    });

    // https://docs.stripe.com/api/customers/object#customer_object-default_source
    it('shows the default source where no payment method is the default', async ({ paydesk, shop }) => {
      const userId = someUser();
      const { id } = await paydesk.stripe.customers.create({ source: 'tok_mastercard' });
      await paydesk.stripe.paymentMethods.attach('pm_card_visa', { customer: id });
      await shop.put(`/customers/${userId}`, { stripeCustomerId: id });
      const { body } = await (await paydesk.user(userId)).get('/payments/payment-information');
      expect(body.card).toMatchObject({ brand: 'mastercard', last4: '4444' });
    });

    it('is all nulls for a user without a customer, and without a call to Stripe', async ({ paydesk }) => {
      const user = await paydesk.user(someUser());
      const before = paydesk.stripeCalls.length;
      const { status, body } = await user.get('/payments/payment-information');
      expect(status).toBe(200);
      expect(body).toEqual({
        balance: null,
        billingDetails: { name: null, email: null, phone: null, address: null },
        card: null,
      });
      expect(paydesk.stripeCalls).toHaveLength(before);
    });

    it('is all nulls again once the customer was deleted at Stripe', async ({ paydesk, customerOf }) => {
      const user = await paydesk.user(someUser());
      await paydesk.stripe.customers.del(await customerOf(user));
      const { status, body } = await user.get('/payments/payment-information');
      expect({ status, card: body.card, balance: body.balance }).toEqual({
        status: 200,
        card: null,
        balance: null,
      });
    });
  });

  describe('GET /payments/get-history', () => {
    it('lists the charges, newest first', async ({ paydesk, customerOf, charge }) => {
      const user = await paydesk.user(someUser());
      const customer = await customerOf(user);
      const older = await charge(customer, 1000);
      const newer = await charge(customer, 1999);
      await paydesk.stripe.refunds.create({ charge: older, amount: 300 });
      const { status, body } = await user.get('/payments/get-history');
      expect(status).toBe(200);
      expect(body).toMatchObject({ hasMore: false, firstItemId: newer, lastItemId: older });
      expect(body.data[0]).toEqual({
        id: newer,
        amount: 1999,
        amountRefunded: 0,
        currency: 'usd',
        status: 'succeeded',
        paid: true,
        refunded: false,
        description: 'for 1999',
        created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/),
        card: { brand: 'visa', last4: '4242' },
        receiptUrl: expect.any(String),
        paymentIntentId: expect.stringMatching(/^pi_/),
      });
      expect(body.data[1]).toMatchObject({ id: older, amountRefunded: 300, refunded: false });
    });

    it('pages forward and back, and reports in both directions whether there is more', async ({
      paydesk,
      customerOf,
      charge,
    }) => {
      const user = await paydesk.user(someUser());
      const customer = await customerOf(user);
      const oldestFirst: string[] = [];
      for (const amount of [100, 200, 300, 400, 500]) oldestFirst.push(await charge(customer, amount));
      const ids = oldestFirst.toReversed();

      const page = async (query: string) => {
        const { body } = await user.get(`/payments/get-history?perPage=2${query}`);
        return { ids: body.data.map(({ id }: { id: string }) => id), hasMore: body.hasMore };
      };
      expect(await page('')).toEqual({ ids: ids.slice(0, 2), hasMore: true });
      expect(await page(`&cursorId=${ids[1]}`)).toEqual({ ids: ids.slice(2, 4), hasMore: true });
      expect(await page(`&cursorId=${ids[3]}&direction=forward`)).toEqual({
        ids: ids.slice(4),
        hasMore: false,
      });
      expect(await page(`&cursorId=${ids[4]}&direction=back`)).toEqual({
        ids: ids.slice(2, 4),
        hasMore: true,
      });
      expect(await page(`&cursorId=${ids[2]}&direction=back`)).toEqual({
        ids: ids.slice(0, 2),
        hasMore: false,
      });
    });

    it('is empty for a user without a customer', async ({ paydesk }) => {
      const user = await paydesk.user(someUser());
      const { status, body } = await user.get('/payments/get-history');
      expect({ status, body }).toEqual({
        status: 200,
        body: { data: [], hasMore: false, firstItemId: null, lastItemId: null },
      });
    });

    it("refuses a cursor that is another user's charge or unknown", async ({
      paydesk,
      customerOf,
      charge,
    }) => {
      const mine = await paydesk.user(someUser());
      const cursor = await charge(await customerOf(mine), 1000);
      const other = await paydesk.user(someUser());
      await customerOf(other);
      for (const id of [cursor, 'ch_doesnotexist']) {
        const { status, body } = await other.get(`/payments/get-history?cursorId=${id}`);
        expect({ status, errors: body.errors }).toEqual({
          status: 404,
          errors: [{ field: 'cursorId', message: 'no such object' }],
        });
      }
    });

    it.for([
      ['perPage=0', 'perPage'],
      ['perPage=101', 'perPage'],
      ['perPage=1e1', 'perPage'],
      ['perPage=10&perPage=20', 'perPage'],
      ['perPage=', 'perPage'],
      ['direction=sideways', 'direction'],
      ['cursorId=../../v1/customers', 'cursorId'],
      ['cursorId=cus_123', 'cursorId'],
      ['page=2', 'query'],
    ] as const)(
      'refuses ?%s and names the field, without a call to Stripe',
      async ([query, field], { paydesk }) => {
        const user = await paydesk.user(someUser());
        const before = paydesk.stripeCalls.length;
        const { status, body } = await user.get(`/payments/get-history?${query}`);
        expect({ status, fields: body.errors.map((error: { field: string }) => error.field) }).toEqual({
          status: 400,
          fields: [field],
        });
        expect(paydesk.stripeCalls).toHaveLength(before);
      },
    );
  });
});
