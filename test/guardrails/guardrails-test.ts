import { randomUUID } from 'node:crypto';
import { idOf } from '#stripe/id-of.js';
import type { Caller } from '../support/caller.js';
import { redirects } from '../support/hosted-page.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { saveCard, someUser } from '../support/saved-card.js';

/** A `test` with callers whose API keys have guardrails. No timer runs. */
export function guardrailsTest() {
  return (
    paydeskTest({ workerByHand: true, environment: { BUSINESS_TIMEZONE: 'Europe/Rome' } })
      .extend('admin', { scope: 'file' }, ({ paydesk }) => {
        return paydesk.service('admin', { scopes: ['keys:admin'] });
      })
      .extend('keyOf', ({ admin }) => async (name: string) => {
        const { body } = await admin.get(`/admin/keys?name=${name}`);
        return `/admin/keys/${body.data[0].id}`;
      })
      /** A new caller with these guardrails. */
      .extend('guarded', ({ paydesk, admin, keyOf }) => {
        return async (kind: 'partner' | 'service', guardrails: object, name: string = randomUUID()) => {
          const caller = await paydesk[kind](name);
          const { status } = await admin.patch(await keyOf(name), { guardrails });
          if (status !== 200) throw new Error(`the guardrails were refused with ${status}`);
          return caller;
        };
      })
      /** Attaches a card to a new user of a partner; returns a function that charges it. */
      .extend('charging', ({ paydesk }) => async (partner: Caller, testCard = 'pm_card_visa') => {
        const user = someUser();
        const saved = await paydesk.stripe.paymentMethods.retrieve(await saveCard(paydesk, partner, user));
        const customer = idOf(saved.customer) ?? '';
        const { id: card } = await paydesk.stripe.paymentMethods.attach(testCard, { customer });
        return (amount: number, { key = randomUUID() as string, currency = 'usd' } = {}) => {
          const body = { amount, currency, description: user, stripe_payment_method_id: card };
          return partner.post(`/partners/user/${user}/payment_intent`, body, { 'idempotency-key': key });
        };
      })
      /** Pays at Stripe; returns a function that refunds it. */
      .extend('refunding', ({ paydesk }) => async (service: Caller, amount = 10_000, currency = 'usd') => {
        const intent = await paydesk.stripe.paymentIntents.create({
          amount,
          currency,
          payment_method: 'pm_card_visa',
          confirm: true,
          return_url: 'https://example.com/paid',
        });
        const paymentID = idOf(intent.latest_charge) ?? '';
        return (refunded?: string, key: string = randomUUID()) =>
          service.post(
            '/refund',
            { paymentID, ...(refunded && { amount: refunded }) },
            { 'idempotency-key': key },
          );
      })
      .extend('pay', () => (service: Caller, body: object, path = '/pay') => {
        return service.post(path, { ...redirects, ...body }, { 'idempotency-key': randomUUID() });
      })
      .extend('chargesMade', ({ paydesk }) => () => {
        return paydesk.stripeCalls.filter((call) => call === 'POST /v1/payment_intents').length;
      })
  );
}
