import { describe, expect } from 'vitest';
import { issuerTenant } from '#core/actor.js';
import { operationIdOf } from '../../src/operations/operation-identity.js';
import { query } from '../support/database.js';
import { someUser } from '../support/saved-card.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { STRIPE_SETTLES_SECONDS } from '../support/durations.js';

const USERS = 25;
const CALLS_PER_USER = 16;

const it = paydeskTest({ workerByHand: true })
  .extend('made', ({ paydesk }) => (user: string) => {
    return [...paydesk.sandbox.store.customers.newestFirst()].filter(
      ({ metadata }) => metadata['paydesk_user_id'] === user,
    ).length;
  })
  /** Calls until it is told. */
  .extend('describeUntilTold', ({ shop }) => async (user: string) => {
    for (;;) {
      const { status, body } = await shop.put(`/customers/${user}`, { name: user });
      if (status === 200) return body.stripeCustomerId;
      expect(body).toMatchObject({ retryable: true });
    }
  })
  /** A user whose customer was created by a process that died before it could store the id. */
  .extend('lostCustomer', ({ shop, paydesk }) => async () => {
    const user = someUser();
    const { body } = await shop.put(`/customers/${user}`, { name: 'Jenny' });
    await query(paydesk, 'update customers set stripe_customer_id = null where user_id = $1', [user]);
    const actor = { kind: 'user', tenant: issuerTenant('paydesk'), userId: user } as const;
    const operationId = operationIdOf({ actor, route: 'customer', idempotencyKey: '1', body: null });
    const updated = await query(
      paydesk,
      `update operations set state = 'running', outcome = null, lease_expires_at = 'epoch'
       where id = $1 returning id`,
      [operationId],
    );
    expect(updated).toHaveLength(1);
    return { user, customer: body.stripeCustomerId };
  });

describe('the first calls of a user', () => {
  it('create one customer, even if responses are lost and calls are concurrent', async ({
    paydesk,
    made,
    describeUntilTold,
  }) => {
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

  it.for([1, 22, 25, 24 * 30])(
    'find the customer of a process that died %d hours ago',
    async (hours, { clock, shop, made, lostCustomer }) => {
      const { user, customer } = await lostCustomer();
      clock.moveHours(hours);
      const { body } = await shop.put(`/customers/${user}`, { name: 'Jenny' });
      expect(body.stripeCustomerId).toBe(customer);
      expect(made(user)).toBe(1);
    },
  );

  it('are completed by the worker if nobody calls again', async ({ paydesk, shop, made, lostCustomer }) => {
    const { user, customer } = await lostCustomer();
    while (await paydesk.resumeNext());
    const { body } = await shop.get(`/customers/${user}`);
    expect(body.stripeCustomerId).toBe(customer);
    expect(made(user)).toBe(1);
  });

  it('create a customer if an old attempt created none', async ({ paydesk, clock, shop, made }) => {
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
  it('survive a failure that Stripe replays', async ({ paydesk, clock, shop, made }) => {
    const user = someUser();
    paydesk.sandbox.faults.add({ method: 'POST', path: '/v1/customers', kinds: ['error_before_effect'] });
    const first = await shop.put(`/customers/${user}`, { name: 'Jenny' });
    expect(first).toMatchObject({ status: 503, body: { type: 'urn:paydesk:outcome-unknown' } });
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    expect((await shop.put(`/customers/${user}`, { name: 'Jenny' })).status).toBe(200);
    expect(made(user)).toBe(1);
  });

  it('find the customer behind a failure that Stripe replays', async ({ paydesk, shop, made }) => {
    const user = someUser();
    paydesk.sandbox.faults.add({ method: 'POST', path: '/v1/customers', kinds: ['error_after_effect'] });
    expect((await shop.put(`/customers/${user}`, { name: 'Jenny' })).status).toBe(200);
    expect(made(user)).toBe(1);
  });
});
