import { hash, randomUUID } from 'node:crypto';
import type Stripe from 'stripe';
import { describe, expect } from 'vitest';
import { issuerTenant } from '#core/actor.js';
import type { Answer } from '../support/caller.js';
import { query } from '../support/database.js';
import { LEASE_SECONDS, STRIPE_SETTLES_SECONDS } from '../support/durations.js';
import { expectProblem } from '../support/expect-problem.js';
import { redirects } from '../support/hosted-page.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { saveCard, someUser } from '../support/saved-card.js';
import { customerOfUser } from '../support/user-customer.js';
import { CHARGING } from './resent-charge.js';

const BACKUP_AGE_SECONDS = 3_600;
/** Of users without a partner. */
const TENANT = issuerTenant('paydesk');

const it = paydeskTest({ workerByHand: true })
  .extend('charge', async ({ paydesk, partner }) => {
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    const key = { 'idempotency-key': randomUUID() };
    return (amount: string) =>
      partner.post(
        `/partners/user/${user}/payment_intent`,
        { amount, description: user, stripe_payment_method_id: card },
        key,
      );
  })
  /** As if the database was restored from a backup. */
  .extend('restoreBackup', ({ paydesk, clock }) => async (ageSeconds = BACKUP_AGE_SECONDS) => {
    clock.moveSeconds(ageSeconds);
    await query(paydesk, 'delete from operations');
  })
  /** Makes a customer at Stripe under the key of a user's first or later one. */
  .extend(
    'makeCustomer',
    ({ paydesk: { stripe } }) =>
      ({
        user,
        generation,
        params,
      }: {
        user: string;
        generation: number;
        params: Stripe.CustomerCreateParams;
      }) => {
        const identity = hash('sha256', JSON.stringify([TENANT, user, generation]));
        return stripe.customers.create(params, { idempotencyKey: `paydesk-customer-${identity}` });
      },
  )
  /** Asks for a user's second customer, of which the database has lost that Stripe has made it with these parameters. */
  .extend(
    'secondCustomer',
    ({ shop, makeCustomer, restoreBackup }) =>
      async (paramsOf: (owner: Stripe.MetadataParam) => Stripe.CustomerCreateParams) => {
        const user = someUser();
        const path = `/customers/${user}`;
        await shop.put(path, { name: 'Jenny' });
        const params = paramsOf({ paydesk_tenant: TENANT, paydesk_user_id: user });
        const made = await makeCustomer({ user, generation: 2, params });
        await restoreBackup();
        await shop.post(`${path}/unlink`);
        return { made, answer: await shop.put(path, { name: 'Jenny' }) };
      },
  )
  /** Sends a request whose attempt is killed before it deletes the operation that Stripe has refused. */
  .extend('sendUntilKilled', ({ paydesk, clock }) => async (send: () => Promise<Answer>) => {
    await query(paydesk, 'create rule killed as on delete to operations do instead nothing');
    await send();
    await query(paydesk, 'drop rule killed on operations');
    clock.moveSeconds(LEASE_SECONDS + 1);
  });

describe('a database that is lost', () => {
  it('charges nobody twice, because the key at Stripe is derived from the request alone', async ({
    paydesk,
    charge,
  }) => {
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

  it('finds a charge of before the backup was restored that Stripe knows with other parameters', async ({
    charge,
    restoreBackup,
    sendUntilKilled,
  }) => {
    const first = await charge('3000');
    await restoreBackup();
    await sendUntilKilled(() => charge('9900'));
    const again = await charge('9900');
    expect([again.status, again.headers.get('location')]).toEqual([201, first.headers.get('location')]);
  });

  it('leaves a charge to a review that Stripe knows with other parameters and that is not found', async ({
    paydesk,
    charge,
    clock,
    restoreBackup,
    sendUntilKilled,
  }) => {
    const id = (await charge('3000')).headers.get('location')?.split('/').at(-1) ?? '';
    await paydesk.stripe.paymentIntents.update(id, { metadata: { operation_id: '' } });
    await restoreBackup();
    await sendUntilKilled(() => charge('9900'));
    expectProblem(await charge('9900'), 'outcome-unknown');
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    expectProblem(await charge('9900'), 'needs-review');
  });

  it('finds a charge of before the backup was restored for which Stripe replays a 500', async ({
    paydesk,
    charge,
    restoreBackup,
  }) => {
    paydesk.sandbox.faults.add({ ...CHARGING, kinds: ['error_after_effect'] });
    const first = await charge('3000');
    await restoreBackup();
    const again = await charge('3000');
    expect([again.status, again.headers.get('location')]).toEqual([201, first.headers.get('location')]);
  });

  it('finds a charge of 30 hours ago for which Stripe still replays a 500', async ({
    paydesk: { sandbox },
    charge,
    restoreBackup,
  }) => {
    sandbox.faults.add({ ...CHARGING, kinds: ['error_after_effect'] });
    const first = await charge('3000');
    await restoreBackup(30 * 60 * 60);
    // Stripe keeps keys for 24 hours at least: https://docs.stripe.com/api/idempotent_requests
    const { keptReplies } = sandbox.store;
    const kept = [...keptReplies.newestFirst()];
    sandbox.run((ctx) => {
      for (const { id } of kept) keptReplies.update(id, { created: ctx.now() });
    });
    const again = await charge('3000');
    expect([again.status, again.headers.get('location')]).toEqual([201, first.headers.get('location')]);
  });

  it('finds a page without a customer of before the backup was restored for which Stripe replays a 500', async ({
    paydesk,
    shop,
    clock,
    restoreBackup,
  }) => {
    paydesk.sandbox.faults.add({
      method: 'POST',
      path: '/v1/checkout/sessions',
      kinds: ['error_after_effect'],
    });
    const headers = { 'idempotency-key': randomUUID() };
    const pay = () => shop.post('/pay', { ...redirects, amount: '5.00' }, headers);
    const first = await pay();
    await restoreBackup();
    const again = await pay();
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    expect(again.status === 201 ? again.body : (await pay()).body).toEqual(first.body);
  });

  it('finds a customer of before the backup was restored for whom Stripe replays a 500', async ({
    paydesk,
    clock,
    restoreBackup,
  }) => {
    paydesk.sandbox.faults.add({ method: 'POST', path: '/v1/customers', kinds: ['error_after_effect'] });
    const id = someUser();
    const first = await customerOfUser(paydesk, await paydesk.user(id));
    await restoreBackup();
    await query(paydesk, 'delete from customers where user_id = $1', [id]);
    const user = await paydesk.user(id);
    await user.post('/payments/create-setup-intent');
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    expect(await customerOfUser(paydesk, user)).toBe(first);
  });

  it('links the second customer that an earlier version has made', async ({ secondCustomer }) => {
    const { made, answer } = await secondCustomer((metadata) => ({ metadata }));
    expect(answer).toMatchObject({ status: 200, body: { stripeCustomerId: made.id } });
  });

  it('sends the creation of a first customer once that Stripe knows with other parameters', async ({
    paydesk,
    shop,
    makeCustomer,
  }) => {
    const user = someUser();
    await makeCustomer({ user, generation: 1, params: { description: 'unknown' } });
    paydesk.stripeCalls.length = 0;
    expectProblem(await shop.put(`/customers/${user}`, { name: 'Jenny' }), 'internal-error');
    expect(paydesk.stripeCalls).toEqual(['POST /v1/customers']);
  });

  it("does not take the key of a customer's creation for the caller's", async ({ secondCustomer }) => {
    const { answer } = await secondCustomer((metadata) => ({ metadata, description: 'unknown' }));
    expectProblem(answer, 'internal-error');
  });
});
