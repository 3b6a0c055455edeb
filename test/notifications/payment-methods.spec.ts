import { describe, expect } from 'vitest';
import { ensureWebhookEndpoint } from '#sandbox/nouns/webhook-endpoints/webhook-endpoint.js';
import { query } from '../support/database.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { saveCard, someUser } from '../support/saved-card.js';

const SECRET = 'whsec_test';

const it = paydeskTest({ environment: { STRIPE_WEBHOOK_SECRET: SECRET } })
  .extend('handleEvents', ({ paydesk }) => async () => {
    await paydesk.sandbox.webhooks.flush();
    await expect.poll(() => query(paydesk, 'select id from event_targets')).toEqual([]);
  })
  .extend('notificationsOf', ({ partner }) => async (user: string) => {
    const { body } = await partner.get(`/notifications?subject=partner:acme/${user}`);
    return body.data.map(({ type, data }: { type: string; data: object }) => ({ type, data }));
  });

describe("a user's card", () => {
  it.beforeAll(({ paydesk }) => {
    const url = `${paydesk.url}/webhooks/stripe`;
    paydesk.sandbox.run((ctx) => ensureWebhookEndpoint(ctx, { url, secret: SECRET }));
    paydesk.sandbox.webhooks.setBehaviour({ duplicateShare: 0.5, shuffle: true });
  });

  it.for(['the list', 'the event'])(
    'is reported once when it is attached, and once when it is detached, if %s is first',
    async (first, { paydesk, partner, handleEvents, notificationsOf }) => {
      const user = someUser();
      if (first === 'the event') await handleEvents();
      const card = await saveCard(paydesk, partner, user);
      if (first === 'the list') await partner.get(`/partners/user/${user}/payment_methods`);
      await handleEvents();
      const [paymentMethod] = (await partner.get(`/partners/user/${user}/payment_methods`)).body;
      expect(paymentMethod).toMatchObject({ stripe_payment_method_id: card, last4: '4242' });
      const attached = { type: 'payment_method.attached', data: { paymentMethod } };
      expect(await notificationsOf(user)).toEqual([attached]);

      await paydesk.stripe.paymentMethods.detach(card);
      if (first === 'the list') {
        const charge = { amount: '3000', description: 'Visit', stripe_payment_method_id: card };
        await partner.post(`/partners/user/${user}/payment_intent`, charge);
      }
      await handleEvents();
      const detached = { type: 'payment_method.detached', data: { paymentMethod } };
      expect(await notificationsOf(user)).toEqual([attached, detached]);
    },
  );

  it('that was attached long ago is not reported when it is first seen', async ({
    paydesk,
    partner,
    handleEvents,
    notificationsOf,
  }) => {
    const [listed, updated] = [someUser(), someUser()];
    for (const user of [listed, updated]) {
      const card = await saveCard(paydesk, partner, user);
      await handleEvents();
      await query(paydesk, 'delete from attached_payment_methods where payment_method_id = $1', [card]);
      await query(paydesk, 'delete from notifications where subject = $1', [`partner:acme/${user}`]);
      if (user === updated) {
        await paydesk.stripe.paymentMethods.update(card, { metadata: { seen: 'late' } });
      }
      await partner.get(`/partners/user/${listed}/payment_methods`);
      await handleEvents();
      expect(await notificationsOf(user)).toEqual([]);
      await paydesk.stripe.paymentMethods.detach(card);
      await handleEvents();
      expect(await notificationsOf(user)).toMatchObject([{ type: 'payment_method.detached' }]);
    }
  });
});
