import { idOf } from '#stripe/id-of.js';
import { DAY_SECONDS } from '../support/durations.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { createProducts, ENVIRONMENT, newSubscriber, priceOf } from './subscriptions-test.js';

/** A `test` with users who have a subscription, and their upgrades. */
export function upgradesTest() {
  return (
    paydeskTest({ environment: ENVIRONMENT })
      .extend('products', { scope: 'file', auto: true }, ({ paydesk }) => createProducts(paydesk))
      /** A user with a subscription of 10.00 USD a month, whose period is a few days old. */
      .extend('subscriber', ({ paydesk, clock }) => async () => {
        const { userId, start } = await newSubscriber(paydesk);
        const subscription = await start(await priceOf(paydesk, 'magazine', 1000));
        clock.moveSeconds(5 * DAY_SECONDS + 12_345);
        /** Tokens expire while time passes. */
        const user = () => paydesk.user(userId);
        return {
          user,
          id: String(subscription.subscriptionID),
          periodEnd: String(subscription.currentPeriodEnd),
          preview: async (priceId: string) =>
            (await user()).get(`/subscriptions/preview-upgrade?priceId=${priceId}`),
          upgrade: async (priceId: string, prorationDate?: string, headers?: Record<string, string>) =>
            (await user()).post('/subscriptions/upgrade', { priceId, prorationDate }, headers),
        };
      })
      .extend(
        'price',
        ({ paydesk }) =>
          (amount: number) =>
            priceOf(paydesk, 'magazine', amount),
      )
      /** The latest invoice of a subscription. */
      .extend('invoiceOf', ({ paydesk }) => async (id: string) => {
        const { latest_invoice: latest } = await paydesk.stripe.subscriptions.retrieve(id);
        return paydesk.stripe.invoices.retrieve(idOf(latest) ?? '');
      })
  );
}
