import { expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { query } from '../support/database.js';
import { notificationFaults } from '../support/notification-schema.js';
import { someUser } from '../support/saved-card.js';
import { startSubscription } from '../support/subscription.js';
import { customerOfUser } from '../support/user-customer.js';
import { answerBank, visit } from '../support/plain-browser.js';
import { confirmTest, press } from './confirm-test.js';

const MONTH_SECONDS = 31 * 24 * 60 * 60;

const it = confirmTest()
  /** A renewal of 10.00 that the bank wants the customer to authenticate, and what callers are notified of. */
  .extend('renewal', ({ paydesk, shop, clock }) => async () => {
    const customer = await customerOfUser(paydesk, await paydesk.user(someUser()));
    const { id } = await startSubscription(paydesk.stripe, {}, customer);
    const card = await paydesk.stripe.paymentMethods.attach('pm_card_authenticationRequired', { customer });
    await paydesk.stripe.subscriptions.update(id, { default_payment_method: card.id });
    clock.moveSeconds(MONTH_SECONDS);
    paydesk.sandbox.run(() => undefined);
    clock.moveSeconds(2 * 60 * 60);
    paydesk.sandbox.run(() => undefined);
    await paydesk.walkEvents();
    const find = async () => {
      const { body } = await shop.get('/notifications?type=payment.action_required');
      type Told = { data: { payment: { subscriptionID: string; paymentID: string }; confirm_url: string } };
      return (body.data as Told[]).find(({ data }) => data.payment.subscriptionID === id);
    };
    await expect.poll(find).toBeDefined();
    const notification = await find();
    return { subscription: id, notification, url: notification?.data.confirm_url ?? '' };
  });

it('is authenticated on the page of its notification', async ({ paydesk, renewal, recorded }) => {
  const { subscription, notification, url } = await renewal();
  const { deliveries: _deliveries, ...body } = notification as unknown as Record<string, unknown>;
  expect(notificationFaults('payment.action_required', body)).toEqual([]);
  const page = await visit(url);
  expect(page.text).toContain('$10.00');
  expect(page.text).toContain('Magazine');
  const done = await visit(await answerBank(await press(page, 'authenticate')));
  expect(done.text).toContain('This payment is complete');
  expect(await paydesk.stripe.subscriptions.retrieve(subscription)).toMatchObject({ status: 'active' });
  const id = notification?.data.payment.paymentID ?? '';
  expect(await recorded(id)).toMatchObject({ status: 'ACCEPTED', type: 'subscription' });
});

it("is paid with another card on Stripe's page of its invoice", async ({ paydesk, renewal }) => {
  const { subscription, url } = await renewal();
  const opened = await visit(url);
  await expect.poll(() => query(paydesk, 'select id from event_targets')).toEqual([]);
  const before = paydesk.stripeCalls.length;
  const next = await press(opened, 'another-card');
  const calls = paydesk.stripeCalls.slice(before).filter((call) => /payment_intents|invoice/.test(call));
  expect(calls).toEqual([...new Set(calls)]);
  const { latest_invoice: invoice } = await paydesk.stripe.subscriptions.retrieve(subscription);
  const { hosted_invoice_url: page } = await paydesk.stripe.invoices.retrieve(idOf(invoice) ?? '');
  expect(next).toBe(page);
});

it('has no link stored, and none in other notifications', async ({ paydesk, renewal, shop }) => {
  await renewal();
  const { body } = await shop.get('/notifications?type=payment.succeeded');
  for (const { data } of body.data) expect(data).not.toHaveProperty('confirm_url');
  const dump = await query<{ data: object }>(paydesk, 'select data from notifications');
  expect(dump.length).toBeGreaterThan(0);
  expect(JSON.stringify(dump)).not.toContain('/confirm/');
});
