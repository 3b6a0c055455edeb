import { describe, expect, it } from 'vitest';
import { query } from '../support/database.js';
import { MovedClock } from '../support/moved-clock.js';
import { usePaydesk } from '../support/paydesk.js';
import { someUser } from '../support/saved-card.js';

const STRIPE_SETTLES_SECONDS = 15;
const USERS = 25;
const CALLS_PER_USER = 16;

describe('the first calls of a user', async () => {
  const clock = new MovedClock();
  const paydesk = await usePaydesk({}, clock);
  const shop = await paydesk.service();

  function made(user: string): number {
    return [...paydesk.sandbox.store.customers.newestFirst()].filter(
      ({ metadata }) => metadata['paydesk_user_id'] === user,
    ).length;
  }

  /** Calls until it is told. */
  async function describeUntilTold(user: string): Promise<string> {
    for (;;) {
      const { status, body } = await shop.put(`/customers/${user}`, { name: user });
      if (status === 200) return body.stripeCustomerId;
      expect(body).toMatchObject({ retryable: true });
    }
  }

  it('make one customer, whatever gets lost and however many come at once', async () => {
    paydesk.sandbox.faults.add({
      path: '/v1/customers',
      kinds: ['reset_before_effect', 'reset_after_effect'],
      share: 0.4,
    });
    const users = Array.from({ length: USERS }, someUser);
    const told = await Promise.all(
      users.flatMap((user) => Array.from({ length: CALLS_PER_USER }, () => describeUntilTold(user))),
    );
    expect(new Set(told).size).toBe(USERS);
    expect(users.filter((user) => made(user) !== 1)).toEqual([]);
  });

  /** A user whose customer was made, by a process that died before it could keep that. */
  async function lostCustomer(): Promise<{ user: string; customer: string }> {
    const user = someUser();
    const { body } = await shop.put(`/customers/${user}`, { name: 'Jenny' });
    await query(paydesk, 'update customers set stripe_customer_id = null where user_id = $1', [user]);
    await query(
      paydesk,
      `update operations set state = 'running', outcome = null, lease_expires_at = 'epoch'
       where kind = 'customer' and plan->'owner'->>'userId' = $1`,
      [user],
    );
    return { user, customer: body.stripeCustomerId };
  }

  it.each([1, 22, 25, 24 * 30])('find the customer of a process that died %d hours ago', async (hours) => {
    const { user, customer } = await lostCustomer();
    clock.moveHours(hours);
    const { body } = await shop.put(`/customers/${user}`, { name: 'Jenny' });
    expect(body.stripeCustomerId).toBe(customer);
    expect(made(user)).toBe(1);
  });

  it('are driven on by the worker where nobody calls again', async () => {
    const { user, customer } = await lostCustomer();
    while (await paydesk.resumeNext());
    const { body } = await shop.get(`/customers/${user}`);
    expect(body.stripeCustomerId).toBe(customer);
    expect(made(user)).toBe(1);
  });

  it('make a customer where none was made long ago', async () => {
    const user = someUser();
    paydesk.sandbox.faults.add({ path: '/v1/customers', kinds: ['reset_before_effect'], share: 1 });
    expect((await shop.put(`/customers/${user}`, { name: 'Jenny' })).status).toBe(503);
    paydesk.sandbox.faults.clear();
    clock.moveHours(25);
    expect((await shop.put(`/customers/${user}`, { name: 'Jenny' })).status).toBe(503);
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    expect((await shop.put(`/customers/${user}`, { name: 'Jenny' })).status).toBe(200);
    expect(made(user)).toBe(1);
  });

  // https://docs.stripe.com/api/idempotent_requests: a 500 is kept for its key, which is always the same for a user.
  it('get over a failure that Stripe keeps telling', async () => {
    const user = someUser();
    paydesk.sandbox.faults.add({ method: 'POST', path: '/v1/customers', kinds: ['error_before_effect'] });
    const first = await shop.put(`/customers/${user}`, { name: 'Jenny' });
    expect(first).toMatchObject({ status: 503, body: { type: 'urn:paydesk:outcome-unknown' } });
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    expect((await shop.put(`/customers/${user}`, { name: 'Jenny' })).status).toBe(200);
    expect(made(user)).toBe(1);
  });

  it('find the customer behind a failure that Stripe keeps telling', async () => {
    const user = someUser();
    paydesk.sandbox.faults.add({ method: 'POST', path: '/v1/customers', kinds: ['error_after_effect'] });
    expect((await shop.put(`/customers/${user}`, { name: 'Jenny' })).status).toBe(200);
    expect(made(user)).toBe(1);
  });
});
