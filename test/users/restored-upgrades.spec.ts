import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { query } from '../support/database.js';
import { expectProblem } from '../support/expect-problem.js';
import { payOnPage } from '../support/hosted-page.js';
import { newSubscriber, priceOf } from './subscriptions-test.js';
import { upgradesTest } from './upgrades-test.js';

const it = upgradesTest()
  /** A backup is restored that was taken while an upgrade ran. It has ended since, and its user has opened a page for the product. */
  .extend('restored', ({ paydesk, price }) => async () => {
    const { sandbox, stripe } = paydesk;
    const { user, subscribe, start } = await newSubscriber(paydesk);
    const { subscriptionID: id } = await start(await priceOf(paydesk, 'paper', 500));
    const upgrade = { priceId: await price(3000) };
    const send = () =>
      user.post('/subscriptions/upgrade', upgrade, { 'idempotency-key': 'of-a-restored-upgrade' });
    const path = `/v1/subscriptions/${id}`;
    sandbox.faults.add({ method: 'POST', path, kinds: ['reset_before_effect'], share: 1 });
    const answer = await send();
    expectProblem(answer, 'outcome-unknown');
    const setState = (state: string) =>
      query(paydesk, 'update operations set state = $2 where id = $1', [answer.body.operationId, state]);
    await setState('done');
    const page = await subscribe(await price(1000));
    expect(page.status).toBe(201);
    await setState('running');
    sandbox.faults.clear();
    const customer = idOf((await stripe.subscriptions.retrieve(id)).customer) ?? '';
    return { id, customer, send, checkoutLink: String(page.body.checkoutLink) };
  });

describe('an upgrade of a restored backup', () => {
  it('closes a page that was opened since', async ({ paydesk: { stripe }, restored }) => {
    const { id, customer, send, checkoutLink } = await restored();
    await expect.poll(async () => (await send()).status).toBe(200);
    await payOnPage(checkoutLink);
    const { data } = await stripe.subscriptions.list({ customer });
    expect(data.map((subscription) => subscription.id)).toEqual([id]);
  });

  it.for([
    ['by itself', 0],
    ['by an attempt before', 1],
  ] as const)(
    'tells that such a page is closed if it is refused, closed %s',
    async ([, share], { paydesk: { sandbox, stripe }, restored }) => {
      const { id, customer, send, checkoutLink } = await restored();
      const card = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
      await stripe.subscriptions.update(id, { default_payment_method: card.id });
      const path = `/v1/subscriptions/${id}`;
      sandbox.faults.add({ method: 'POST', path, kinds: ['reset_before_effect'], share });
      const closedAfterRequest = async () => {
        await send();
        return (await stripe.checkout.sessions.list({ customer, status: 'expired' })).data;
      };
      await expect.poll(closedAfterRequest).toHaveLength(1);
      sandbox.faults.clear();
      await expect.poll(async () => (await send()).body.type).toBe('urn:paydesk:card-declined');
      const { closedPages } = (await send()).body;
      expect(closedPages.map((page: string) => checkoutLink.includes(page))).toEqual([true]);
    },
  );
});
