import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { query } from '../support/database.js';
import { expectProblem } from '../support/expect-problem.js';
import { payOnPage } from '../support/hosted-page.js';
import { newSubscriber, priceOf } from './subscriptions-test.js';
import { upgradesTest } from './upgrades-test.js';

const it = upgradesTest()
  /**
   * A backup is restored that was taken while an upgrade ran, on a machine whose clock was ahead of Stripe's. It has ended since, and
   * its user has opened a page for the product.
   */
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
    const { operationId } = answer.body;
    const setState = (state: string) =>
      query(paydesk, 'update operations set state = $2 where id = $1', [operationId, state]);
    await query(paydesk, "update operations set first_sent_at = first_sent_at + interval '5 minutes'");
    await setState('done');
    const page = await subscribe(await price(1000));
    expect(page.status).toBe(201);
    await query(paydesk, 'delete from operations where id <> $1', [operationId]);
    await setState('running');
    sandbox.faults.clear();
    const customer = idOf((await stripe.subscriptions.retrieve(id)).customer) ?? '';
    /** Attempts that close the page, and have no answer from Stripe. */
    const closePage = async () => {
      sandbox.faults.add({ method: 'POST', path, kinds: ['reset_before_effect'], share: 1 });
      const closedAfterRequest = async () => {
        await send();
        return (await stripe.checkout.sessions.list({ customer, status: 'expired' })).data;
      };
      await expect.poll(closedAfterRequest).toHaveLength(1);
      sandbox.faults.clear();
    };
    return { id, customer, send, checkoutLink: String(page.body.checkoutLink), closePage };
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
    ['by itself', false],
    ['by an attempt before', true],
  ] as const)(
    'tells that such a page is closed if it is refused, closed %s',
    async ([, isBefore], { paydesk: { stripe }, restored }) => {
      const { id, customer, send, checkoutLink, closePage } = await restored();
      const card = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
      await stripe.subscriptions.update(id, { default_payment_method: card.id });
      if (isBefore) await closePage();
      await expect.poll(async () => (await send()).body.type).toBe('urn:paydesk:card-declined');
      const { closedPages } = (await send()).body;
      expect(closedPages.map((page: string) => checkoutLink.includes(page))).toEqual([true]);
    },
  );
});
