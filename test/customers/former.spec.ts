import { idOf } from '#stripe/id-of.js';
import { describe, expect } from 'vitest';
import type { Caller } from '../support/caller.js';
import type { Paydesk } from '../support/paydesk.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { someUser } from '../support/saved-card.js';

const it = paydeskTest()
  /** Pays at Stripe without us, a second after the last payment; a tie where `seconds` is 0. */
  .extend('pay', ({ paydesk, clock }) => async (customer: string, seconds = 1) => {
    clock.moveSeconds(seconds);
    const { id, latest_charge: charge } = await paydesk.stripe.paymentIntents.create({
      amount: 1000,
      currency: 'usd',
      customer,
      payment_method: 'pm_card_visa',
      allowed_payment_method_types: ['card'],
      confirm: true,
      off_session: true,
    });
    return { payment: id, charge: idOf(charge) ?? '' };
  })
  /** Links a new Stripe customer to a user. */
  .extend('linkNew', ({ paydesk, shop }) => async (path: string) => {
    const { id } = await paydesk.stripe.customers.create({});
    expect((await shop.put(path, { stripeCustomerId: id })).status).toBe(200);
    return id;
  })
  /** Deletes a customer as somebody does in Stripe's dashboard; the next request notices. */
  .extend('deleteAndNotice', ({ paydesk, shop }) => async (path: string, customer: string) => {
    await paydesk.stripe.customers.del(customer);
    expect((await shop.get(path)).status).toBe(404);
  });

describe('the payments of a customer that was deleted at Stripe', () => {
  it('stay visible to the partner, in the list and one by one', async ({
    partner,
    pay,
    linkNew,
    deleteAndNotice,
  }) => {
    const user = someUser();
    const path = `/customers/${user}?tenant=acme`;
    const first = await linkNew(path);
    const { payment } = await pay(first);
    await deleteAndNotice(path, first);
    const payments = `/partners/user/${user}/payments`;
    expect((await partner.get(payments)).body).toMatchObject([{ stripe_payment_id: payment }]);
    expect((await partner.get(`${payments}/${payment}`)).status).toBe(200);

    const second = await linkNew(path);
    const later = await pay(second);
    expect((await partner.get(payments)).body).toMatchObject([
      { stripe_payment_id: later.payment },
      { stripe_payment_id: payment },
    ]);
  });

  it('stay visible to the signed-in user', async ({ paydesk, pay, linkNew, deleteAndNotice }) => {
    const userId = someUser();
    const user = await paydesk.user(userId);
    const customer = await linkNew(`/customers/${userId}`);
    const { charge } = await pay(customer);
    await deleteAndNotice(`/customers/${userId}`, customer);
    expect((await user.get('/payments/get-history')).body).toMatchObject({
      data: [{ id: charge }],
      hasMore: false,
    });
    expect((await user.get('/payments/payment-information')).body).toMatchObject({ card: null });
  });

  it('are not shown to another user', async ({ partner, pay, linkNew, deleteAndNotice }) => {
    const user = someUser();
    const path = `/customers/${user}?tenant=acme`;
    const customer = await linkNew(path);
    const { payment } = await pay(customer);
    await deleteAndNotice(path, customer);
    expect((await partner.get(`/partners/user/${someUser()}/payments/${payment}`)).status).toBe(404);
    expect(
      (await partner.get(`/partners/user/${someUser()}/payments?starting_after=${payment}`)).status,
    ).toBe(404);
  });

  it('are paged in order of time, in both directions', async ({
    paydesk,
    partner,
    shop,
    pay,
    linkNew,
    deleteAndNotice,
  }) => {
    const userId = someUser();
    const user = await paydesk.user(userId);
    const path = `/customers/${userId}`;
    // Three customers that pay in turns, twice in the same second.
    const [a, b, c] = [await linkNew(path), ...(await newCustomers(paydesk))] as [string, string, string];
    const made = [];
    for (const [customer, seconds] of [
      [a, 1],
      [b, 1],
      [a, 0],
      [c, 1],
      [a, 1],
      [c, 0],
      [b, 0],
      [c, 1],
      [c, 1],
    ] as const)
      made.push(await pay(customer, seconds));
    for (const [gone, next] of [
      [a, b],
      [b, c],
    ] as const) {
      await deleteAndNotice(path, gone);
      expect((await shop.put(path, { stripeCustomerId: next })).status).toBe(200);
    }

    const all = (await user.get('/payments/get-history?perPage=100')).body.data.map(itemId);
    expect(all.toSorted()).toEqual(made.map(({ charge }) => charge).toSorted());
    for (const perPage of [1, 2, 4, 9]) {
      expect(await walk(user, perPage, 'forward', all[0])).toEqual(all.slice(1));
      expect(await walk(user, perPage, 'back', all.at(-1))).toEqual(all.slice(0, -1).toReversed());
    }
    expect((await partner.get(`/partners/user/${userId}/payments`)).body).toEqual([]);
  });
});

async function newCustomers({ stripe }: Paydesk): Promise<string[]> {
  return [(await stripe.customers.create({})).id, (await stripe.customers.create({})).id];
}

/** The ids of a history from a cursor on, page by page, in the order in which they were fetched. */
async function walk(user: Caller, perPage: number, direction: 'forward' | 'back', from: string) {
  const ids: string[] = [];
  let cursor = from;
  for (let hasMore = true; hasMore;) {
    const query = `perPage=${perPage}&direction=${direction}&cursorId=${cursor}`;
    const { body } = await user.get(`/payments/get-history?${query}`);
    const page: string[] = body.data.map(itemId);
    ids.push(...(direction === 'forward' ? page : page.toReversed()));
    hasMore = body.hasMore;
    cursor = direction === 'forward' ? body.lastItemId : body.firstItemId;
  }
  return ids;
}

function itemId({ id }: { id: string }): string {
  return id;
}
