import { describe, expect } from 'vitest';
import { query, waitingForLocks, withLock } from '../support/database.js';
import { saveCard, someUser } from '../support/saved-card.js';
import { paydeskTest } from '../support/paydesk-test.js';

const it = paydeskTest()
  .extend('customerOf', ({ shop }) => async (user: string) => {
    const { body } = await shop.get(`/customers/${user}?tenant=acme`);
    return body.stripeCustomerId;
  })
  /** A user whose customer had a card and was deleted. */
  .extend('deletedUser', ({ paydesk, partner, customerOf }) => async () => {
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    const customer = await customerOf(user);
    await paydesk.stripe.customers.del(customer);
    return { user, card, customer };
  });

/** A customer that was deleted in Stripe's Dashboard, without a webhook. */
describe('a deleted Stripe customer', () => {
  it('leaves its user without cards', async ({ partner, deletedUser }) => {
    const { user } = await deletedUser();
    expect(await partner.get(`/partners/user/${user}/payment_methods`)).toMatchObject({
      status: 200,
      body: [],
    });
    expect(await partner.get(`/partners/user/${user}/payments`)).toMatchObject({
      status: 200,
      body: [],
    });
  });

  it('can no longer be charged', async ({ partner, deletedUser }) => {
    const { user, card } = await deletedUser();
    const charge = { amount: '3000', description: 'Wellness exam', stripe_payment_method_id: card };
    expect(await partner.post(`/partners/user/${user}/payment_intent`, charge)).toMatchObject({
      status: 404,
      body: { errors: [{ field: 'stripe_payment_method_id' }] },
    });
  });

  it('is replaced when its user saves a card', async ({ paydesk, partner, deletedUser, customerOf }) => {
    const { user, customer } = await deletedUser();
    const card = await saveCard(paydesk, partner, user);
    const replacement = await customerOf(user);
    expect(replacement).toMatch(/^cus_\w+$/);
    expect(replacement).not.toBe(customer);
    expect(await partner.get(`/partners/user/${user}/payment_methods`)).toMatchObject({
      body: [{ stripe_payment_method_id: card }],
    });
  });

  it("is replaced when its user's details are set", async ({ shop, deletedUser }) => {
    const { user, customer } = await deletedUser();
    expect((await shop.get(`/customers/${user}?tenant=acme`)).status).toBe(404);
    const { status, body } = await shop.put(`/customers/${user}?tenant=acme`, { name: 'Jenny' });
    expect({ status, name: body.name }).toEqual({ status: 200, name: 'Jenny' });
    expect(body.stripeCustomerId).not.toBe(customer);
  });

  it('is forgotten with its cards, which are locked in the order of their ids', async ({
    paydesk,
    partner,
    deletedUser,
  }) => {
    const { user, customer } = await deletedUser();
    const insertCard =
      'insert into attached_payment_methods (payment_method_id, stripe_customer_id) values ($1, $2)';
    for (const card of ['pm_b', 'pm_a']) await query(paydesk, insertCard, [card, customer]);
    const lock = (card: string) =>
      `select payment_method_id as id from attached_payment_methods where payment_method_id = '${card}' for update`;
    let listing: ReturnType<typeof partner.get> | undefined;
    await withLock(paydesk, lock('pm_a'), async () => {
      listing = partner.get(`/partners/user/${user}/payment_methods`);
      await expect.poll(() => waitingForLocks(paydesk)).toBe(1);
      expect(await query(paydesk, `${lock('pm_b')} nowait`)).toEqual([{ id: 'pm_b' }]);
    });
    expect((await listing)?.body).toEqual([]);
    const left = 'select from attached_payment_methods where stripe_customer_id = $1';
    expect(await query(paydesk, left, [customer])).toEqual([]);
  });

  it('is replaced again and again', async ({ paydesk, partner, deletedUser, customerOf }) => {
    const { user, customer } = await deletedUser();
    await saveCard(paydesk, partner, user);
    const second = await customerOf(user);
    await paydesk.stripe.customers.del(second);
    await saveCard(paydesk, partner, user);
    expect(new Set([customer, second, await customerOf(user)]).size).toBe(3);
  });

  it('is not a customer that Stripe does not know, which is kept', async ({
    paydesk,
    partner,
    shop,
    customerOf,
  }) => {
    const user = someUser();
    await saveCard(paydesk, partner, user);
    const known = await customerOf(user);
    const rename = 'update customers set stripe_customer_id = $2 where stripe_customer_id = $1';
    await query(paydesk, rename, [known, 'cus_ofAnotherAccount']);
    expect((await shop.get(`/customers/${user}?tenant=acme`)).status).toBe(404);
    await query(paydesk, rename, ['cus_ofAnotherAccount', known]);
    expect(await customerOf(user)).toBe(known);
  });
});
