import { randomUUID } from 'node:crypto';
import { idOf } from '#stripe/id-of.js';
import { DAY_SECONDS } from '../support/durations.js';
import type { Caller } from '../support/caller.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import type { Paydesk } from '../support/paydesk.js';
import { paydeskTest, type PaydeskTestOptions } from '../support/paydesk-test.js';

/** A `test` with a service's subscriptions, and their changes. */
export function changesTest(options: PaydeskTestOptions = {}) {
  return (
    paydeskTest(options)
      .extend(
        'price',
        ({ paydesk }) =>
          (amount: number, more: object = {}) =>
            createPrice(paydesk, amount, more),
      )
      /** A subscription of 10.00 USD a month, whose period is a few days old. */
      .extend('start', ({ paydesk, shop, clock, price }) => async () => {
        const old = await price(1000);
        const started = await shop.post('/pay/recurrent', {
          ...redirects,
          products: [{ priceId: old, quantity: 1 }],
        });
        await payOnPage(started.body.redirectToUrl);
        clock.moveSeconds(5 * DAY_SECONDS);
        const { paymentID } = started.body as { paymentID: string };
        const { subscription } = await paydesk.stripe.checkout.sessions.retrieve(paymentID);
        return { paymentID, old, id: idOf(subscription) ?? '' };
      })
      .extend(
        'change',
        ({ shop }) =>
          (body: object, headers?: Record<string, string>, caller: Caller = shop) => {
            return caller.post('/pay/recurrent/change', { proration: 'now', at: 'now', ...body }, headers);
          },
      )
      .extend('preview', ({ shop }) => (body: object) => {
        return shop.post('/pay/recurrent/change-preview', { proration: 'now', at: 'now', ...body });
      })
      /** A service whose key has guardrails. */
      .extend('limited', ({ paydesk }) => async (guardrails: object) => {
        const name = randomUUID();
        const service = await paydesk.service(name);
        const admin = await paydesk.service('admin', { scopes: ['keys:admin'] });
        const { body } = await admin.get(`/admin/keys?name=${name}`);
        await admin.patch(`/admin/keys/${body.data[0].id}`, { guardrails });
        return service;
      })
      /** Makes another card the one that pays a subscription. */
      .extend('payBy', ({ paydesk }) => async (id: string, testCard: string) => {
        const { customer } = await paydesk.stripe.subscriptions.retrieve(id);
        const card = await paydesk.stripe.paymentMethods.attach(testCard, { customer: idOf(customer) ?? '' });
        await paydesk.stripe.subscriptions.update(id, { default_payment_method: card.id });
      })
      .extend('invoicesOf', ({ paydesk }) => async (subscription: string) => {
        return (await paydesk.stripe.invoices.list({ subscription })).data;
      })
  );
}

/** A request for one Price. */
export function one(priceId: string, quantity = 1) {
  return { products: [{ priceId, quantity }] };
}

export async function createPrice({ stripe }: Paydesk, amount: number, more: object): Promise<string> {
  const { recurring = { interval: 'month' as const }, ...rest } = more as { recurring?: null };
  const { id } = await stripe.prices.create({
    currency: 'usd',
    unit_amount: amount,
    ...(recurring && { recurring }),
    product_data: { name: 'Magazine' },
    ...rest,
  });
  return id;
}
