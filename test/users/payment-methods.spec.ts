import pg from 'pg';
import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { waitingForLocks } from '../support/database.js';
import { STRIPE_SETTLES_SECONDS } from '../support/durations.js';
import { expectProblem } from '../support/expect-problem.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { someUser } from '../support/saved-card.js';
import { startSubscription } from '../support/subscription.js';
import { customerOfUser } from '../support/user-customer.js';

const PATH = '/payments/payment-methods';
const NOT_FOUND = { status: 404, body: { type: 'urn:paydesk:not-found', errors: [{ field: 'id' }] } };

const it = paydeskTest()
  /** A signed-in user with a customer. */
  .extend('wallet', ({ paydesk, shop }) => async () => {
    const userId = someUser();
    const user = await paydesk.user(userId);
    const customer = await customerOfUser(paydesk, user);
    return {
      userId,
      user,
      customer,
      attach: async (testCard: string) =>
        (await paydesk.stripe.paymentMethods.attach(testCard, { customer })).id,
      list: async () => (await user.get(PATH)).body as { id: string; isDefault: boolean }[],
      notifications: async () => {
        const { body } = await shop.get(
          `/notifications?subject=${encodeURIComponent(`issuer:paydesk/${userId}`)}`,
        );
        return (body.data as { type: string }[]).map(({ type }) => type);
      },
    };
  });

describe('GET /payments/payment-methods', () => {
  it('lists the cards, newest first, with the default', async ({ paydesk, wallet }) => {
    const { user, customer, attach } = await wallet();
    const visa = await attach('pm_card_visa');
    const mastercard = await attach('pm_card_mastercard');
    await paydesk.stripe.customers.update(customer, { invoice_settings: { default_payment_method: visa } });
    const { status, body } = await user.get(PATH);
    const expires = { expMonth: expect.any(Number), expYear: expect.any(Number) };
    expect(status).toBe(200);
    expect(body).toEqual([
      { id: mastercard, brand: 'mastercard', last4: '4444', ...expires, isDefault: false },
      { id: visa, brand: 'visa', last4: '4242', ...expires, isDefault: true },
    ]);
  });

  it('lists a card that was saved twice once, as the default if it is that', async ({ paydesk, wallet }) => {
    const { customer, attach, list } = await wallet();
    const older = await attach('pm_card_visa');
    const newer = await attach('pm_card_visa');
    expect(await list()).toMatchObject([{ id: newer }]);
    await paydesk.stripe.customers.update(customer, { invoice_settings: { default_payment_method: older } });
    expect(await list()).toMatchObject([{ id: older, isDefault: true }]);
  });

  it('shows a default source as the default', async ({ paydesk, shop }) => {
    const userId = someUser();
    const { id } = await paydesk.stripe.customers.create({ source: 'tok_mastercard' });
    await shop.put(`/customers/${userId}`, { stripeCustomerId: id });
    const { body } = await (await paydesk.user(userId)).get(PATH);
    expect(body).toMatchObject([{ brand: 'mastercard', isDefault: true }]);
  });

  it('is empty for a user without a customer, and without a call to Stripe', async ({ paydesk }) => {
    const before = paydesk.stripeCalls.length;
    const { status, body } = await (await paydesk.user(someUser())).get(PATH);
    expect({ status, body }).toEqual({ status: 200, body: [] });
    expect(paydesk.stripeCalls).toHaveLength(before);
  });
});

describe('DELETE /payments/payment-methods/:id', () => {
  it('removes the card however often it was saved, and notifies once of each', async ({ wallet }) => {
    const { user, attach, list, notifications } = await wallet();
    const first = await attach('pm_card_visa');
    const second = await attach('pm_card_visa');
    const other = await attach('pm_card_mastercard');
    await list();
    const answer = await user.delete(`${PATH}/${first}`);
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 204, body: undefined });
    expect(await list()).toMatchObject([{ id: other }]);
    const detached = (await notifications()).filter((type) => type === 'payment_method.detached');
    expect(detached).toHaveLength(2);
    expect(await user.delete(`${PATH}/${second}`)).toMatchObject(NOT_FOUND);
  });

  it('does not deadlock with the events about a card that was saved twice', async ({ paydesk, wallet }) => {
    const { userId, user, attach, list } = await wallet();
    const older = await attach('pm_card_visa');
    await attach('pm_card_visa');
    await list();
    // What the event about the older one does: it forgets the payment method, and then adds a notification.
    const event = new pg.Client(paydesk.databaseUrl);
    await event.connect();
    try {
      await event.query('begin');
      await event.query('delete from attached_payment_methods where payment_method_id = $1', [older]);
      const removal = user.delete(`${PATH}/${older}`);
      await expect.poll(() => waitingForLocks(paydesk)).not.toBe(0);
      await event.query(
        `insert into notification_subjects as counter (subject, last_sequence) values ($1, 0)
        on conflict (subject) do update set last_sequence = counter.last_sequence`,
        [`issuer:paydesk/${userId}`],
      );
      await event.query('commit');
      expect((await removal).status).toBe(204);
      expect(await list()).toEqual([]);
    } finally {
      await event.end();
    }
  });

  it('answers a repetition with the same key as before', async ({ paydesk, wallet }) => {
    const { user, attach } = await wallet();
    const card = await attach('pm_card_visa');
    const remove = () => user.delete(`${PATH}/${card}`, undefined, { 'idempotency-key': 'remove-1' });
    expect((await remove()).status).toBe(204);
    const before = paydesk.stripeCalls.length;
    const repeated = await remove();
    expect(repeated.status).toBe(204);
    expect(repeated.headers.get('idempotent-replayed')).toBe('true');
    expect(paydesk.stripeCalls).toHaveLength(before);
  });

  it('refuses the last card of an active subscription, and changes nothing', async ({ paydesk, wallet }) => {
    const { user, customer, list } = await wallet();
    await startSubscription(paydesk.stripe, {}, customer);
    const [card] = await list();
    expectProblem(await user.delete(`${PATH}/${card?.id}`), 'invalid-state');
    expect(await list()).toEqual([card]);
  });

  it('takes a card saved twice for the last one, too', async ({ paydesk, wallet }) => {
    const { user, customer, attach, list } = await wallet();
    await startSubscription(paydesk.stripe, {}, customer);
    await attach('pm_card_visa');
    const [card] = await list();
    expectProblem(await user.delete(`${PATH}/${card?.id}`), 'invalid-state');
  });

  it('removes the last card once the subscription has ended', async ({ paydesk, wallet }) => {
    const { user, customer, list } = await wallet();
    const { id } = await startSubscription(paydesk.stripe, {}, customer);
    await paydesk.stripe.subscriptions.cancel(id);
    const [card] = await list();
    expect((await user.delete(`${PATH}/${card?.id}`)).status).toBe(204);
  });

  it('leaves the subscription another card to be paid with', async ({ paydesk, wallet }) => {
    const { user, customer, attach } = await wallet();
    const { id, default_payment_method: paid } = await startSubscription(paydesk.stripe, {}, customer);
    await attach('pm_card_mastercard');
    const newest = await attach('pm_card_amex');
    expect((await user.delete(`${PATH}/${idOf(paid)}`)).status).toBe(204);
    expect((await paydesk.stripe.subscriptions.retrieve(id)).default_payment_method).toBe(newest);
    const { body } = await user.get(PATH);
    expect(body).toMatchObject([{ id: newest, isDefault: true }, { isDefault: false }]);
  });

  it.for(['removed', 'cut-off'])(
    'leaves the subscription a bank account that is the default: %s',
    async (how, { paydesk, wallet }) => {
      const { user, customer, attach, list } = await wallet();
      const { id, default_payment_method: paid } = await startSubscription(paydesk.stripe, {}, customer);
      const account = await paydesk.stripe.paymentMethods.create({
        type: 'sepa_debit',
        sepa_debit: { iban: 'DE89370400440532013000' },
        billing_details: { name: 'Ada', email: 'ada@example.com' },
      });
      await paydesk.stripe.paymentMethods.attach(account.id, { customer });
      const settings = { default_payment_method: account.id };
      await paydesk.stripe.customers.update(customer, { invoice_settings: settings });
      const other = await attach('pm_card_mastercard');
      if (how === 'cut-off') {
        const path = `/v1/subscriptions/${id}`;
        paydesk.sandbox.faults.add({ method: 'POST', path, kinds: ['reset_after_effect'], times: 20 });
      }
      const remove = () =>
        user.delete(`${PATH}/${idOf(paid)}`, undefined, { 'idempotency-key': `bank-${how}` });
      const first = await remove();
      paydesk.sandbox.faults.clear();
      expect(first.status).toBe(how === 'cut-off' ? 503 : 204);
      expect((await remove()).status).toBe(204);
      const { default_payment_method: own } = await paydesk.stripe.subscriptions.retrieve(id);
      expect(own).toBeNull();
      expect(await paydesk.stripe.customers.retrieve(customer)).toMatchObject({ invoice_settings: settings });
      expect(await list()).toMatchObject([{ id: other, isDefault: false }]);
    },
  );

  it('is finished if the process loses its answers on the way', async ({ paydesk, wallet }) => {
    const { user, customer, attach, list } = await wallet();
    const { default_payment_method: paid } = await startSubscription(paydesk.stripe, {}, customer);
    const other = await attach('pm_card_mastercard');
    const path = `/v1/payment_methods/${idOf(paid)}/detach`;
    paydesk.sandbox.faults.add({ method: 'POST', path, kinds: ['reset_after_effect'], times: 20 });
    const remove = () => user.delete(`${PATH}/${idOf(paid)}`, undefined, { 'idempotency-key': 'lost' });
    expectProblem(await remove(), 'outcome-unknown');
    paydesk.sandbox.faults.clear();
    expect((await remove()).status).toBe(204);
    expect(await list()).toMatchObject([{ id: other, isDefault: true }]);
  });

  it('does not know the card of another user', async ({ wallet }) => {
    const [mine, theirs] = [await wallet(), await wallet()];
    const card = await theirs.attach('pm_card_visa');
    const answer = await mine.user.delete(`${PATH}/${card}`);
    expect(answer).toMatchObject(NOT_FOUND);
    expect((await theirs.list()).map(({ id }) => id)).toEqual([card]);
  });

  it('names the field that is wrong', async ({ wallet }) => {
    const { user } = await wallet();
    const answer = await user.delete(`${PATH}/nonsense`);
    expectProblem(answer, 'invalid-request');
    expect(answer.body.errors).toMatchObject([{ field: 'id' }]);
  });
});

describe('PUT /payments/payment-methods/:id/default', () => {
  it('makes a card the default, also of subscriptions with a card of their own', async ({
    paydesk,
    wallet,
  }) => {
    const { user, customer, attach, list } = await wallet();
    const { id } = await startSubscription(paydesk.stripe, {}, customer);
    const chosen = await attach('pm_card_mastercard');
    const { status, body } = await user.put(`${PATH}/${chosen}/default`);
    expect({ status, body }).toEqual({ status: 204, body: undefined });
    expect(await list()).toMatchObject([{ id: chosen, isDefault: true }, { isDefault: false }]);
    expect((await paydesk.stripe.subscriptions.retrieve(id)).default_payment_method).toBe(chosen);
  });

  it('looks up what was done if Stripe fails', async ({ paydesk, wallet, clock }) => {
    const { user, customer, attach, list } = await wallet();
    const card = await attach('pm_card_visa');
    const path = `/v1/customers/${customer}`;
    paydesk.sandbox.faults.add({ method: 'POST', path, kinds: ['error_after_effect'], times: 1 });
    const choose = () => user.put(`${PATH}/${card}/default`, undefined, { 'idempotency-key': 'failed' });
    await choose();
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    await expect.poll(async () => (await choose()).status).toBe(204);
    expect(await list()).toMatchObject([{ id: card, isDefault: true }]);
  });

  it('does not know the card of another user, nor one that was removed', async ({ wallet }) => {
    const [mine, theirs] = [await wallet(), await wallet()];
    const card = await theirs.attach('pm_card_visa');
    expect(await mine.user.put(`${PATH}/${card}/default`)).toMatchObject(NOT_FOUND);
    await theirs.user.delete(`${PATH}/${card}`);
    expect(await theirs.user.put(`${PATH}/${card}/default`)).toMatchObject(NOT_FOUND);
  });
});
