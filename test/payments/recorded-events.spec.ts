import type Stripe from 'stripe';
import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { HANDLED_EVENT_TYPES } from '../../src/webhooks/event-types.js';
import type { Caller } from '../support/caller.js';
import { query } from '../support/database.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import type { Paydesk } from '../support/paydesk.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { saveCard, someUser } from '../support/saved-card.js';
import { startSubscription } from '../support/subscription.js';
import { eventOf, signatureOf, someEventId } from '../webhooks/stripe-event.js';

const SECRET = 'whsec_test';
const STALE = 1_790_000_000;

/** Something that has happened at Stripe without an event. */
interface Happened {
  /** In the payload of an event about it. Out of date, apart from its ids. */
  object: object;
  /** What callers see once the event is handled. */
  seen: () => Promise<unknown>;
}

interface World {
  paydesk: Paydesk;
  shop: Caller;
  partner: Caller;
}

interface Kind {
  types: readonly string[];
  happen: (world: World, type: string) => Promise<Happened>;
  expected: unknown;
}

/** https://docs.stripe.com/api/events/types */
const KINDS: Record<string, Kind> = {
  customer: {
    types: ['customer.updated', 'customer.deleted'],
    async happen({ paydesk, partner }) {
      const user = someUser();
      const id = await customerWithCard(paydesk, partner, user);
      await paydesk.stripe.customers.del(id);
      const state = 'select stripe_customer_id as id from customers where user_id = $1';
      return {
        object: { id, object: 'customer', name: null },
        seen: async () => (await query(paydesk, state, [user]))[0],
      };
    },
    expected: { id: null },
  },
  'payment method': {
    types: [
      'payment_method.attached',
      'payment_method.automatically_updated',
      'payment_method.detached',
      'payment_method.updated',
    ],
    async happen({ paydesk, partner }) {
      const id = await saveCard(paydesk, partner, someUser());
      const object = { id, object: 'payment_method', customer: null, type: 'card' };
      return { object, seen: () => isKnown(paydesk, id) };
    },
    expected: true,
  },
  SetupIntent: {
    types: ['setup_intent.setup_failed', 'setup_intent.succeeded'],
    async happen({ paydesk, partner }) {
      const card = await saveCard(paydesk, partner, someUser());
      const [intent] = (await paydesk.stripe.setupIntents.list({ payment_method: card })).data;
      const object = { id: intent?.id, object: 'setup_intent', status: 'requires_payment_method' };
      return { object, seen: () => isKnown(paydesk, card) };
    },
    expected: true,
  },
  refund: {
    types: ['charge.refund.updated', 'refund.created', 'refund.failed', 'refund.updated'],
    async happen({ paydesk, shop }) {
      const intent = await pay(paydesk);
      const { id } = await paydesk.stripe.refunds.create({ payment_intent: intent.id, amount: 500 });
      return {
        object: { id, object: 'refund', status: 'pending', payment_intent: intent.id },
        seen: async () => (await shop.get(`/pay/payments/${intent.id}`)).body.refunds,
      };
    },
    expected: [expect.objectContaining({ amount: '5.00', status: 'SUCCEEDED' })],
  },
  PaymentIntent: {
    types: [
      'payment_intent.amount_capturable_updated',
      'payment_intent.canceled',
      'payment_intent.created',
      'payment_intent.partially_funded',
      'payment_intent.payment_failed',
      'payment_intent.processing',
      'payment_intent.requires_action',
      'payment_intent.succeeded',
    ],
    async happen({ paydesk, shop }) {
      const { id } = await pay(paydesk);
      const object = { id, object: 'payment_intent', status: 'requires_action' };
      return { object, seen: () => statusOf(shop, id) };
    },
    expected: 'ACCEPTED',
  },
  charge: {
    types: [
      'charge.captured',
      'charge.dispute.closed',
      'charge.dispute.created',
      'charge.dispute.funds_reinstated',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.updated',
      'charge.expired',
      'charge.failed',
      'charge.pending',
      'charge.refunded',
      'charge.succeeded',
      'charge.updated',
    ],
    async happen({ paydesk, shop }, type) {
      const { id, latest_charge: charge } = await pay(paydesk);
      const object = type.startsWith('charge.dispute')
        ? { id: 'du_stale', object: 'dispute', charge, payment_intent: id, status: 'lost' }
        : { id: charge, object: 'charge', payment_intent: id, status: 'failed' };
      return { object, seen: () => statusOf(shop, id) };
    },
    expected: 'ACCEPTED',
  },
  'Checkout Session': {
    types: [
      'checkout.session.async_payment_failed',
      'checkout.session.async_payment_succeeded',
      'checkout.session.completed',
      'checkout.session.expired',
    ],
    async happen({ shop }) {
      const { paymentID: id, redirectToUrl } = (await shop.post('/pay', { amount: '5.00', ...redirects }))
        .body;
      await payOnPage(redirectToUrl);
      const object = { id, object: 'checkout.session', payment_status: 'unpaid', status: 'open' };
      return { object, seen: () => statusOf(shop, id) };
    },
    expected: 'ACCEPTED',
  },
  subscription: {
    types: [
      'customer.subscription.created',
      'customer.subscription.deleted',
      'customer.subscription.paused',
      'customer.subscription.pending_update_applied',
      'customer.subscription.pending_update_expired',
      'customer.subscription.resumed',
      'customer.subscription.trial_will_end',
      'customer.subscription.updated',
    ],
    async happen({ paydesk, shop }) {
      const started = await startSubscription(paydesk.stripe);
      return { object: subscriptionPayload(started), seen: () => subscriptionStatusOf(shop, started) };
    },
    expected: 'ACTIVE',
  },
  invoice: {
    types: [
      'invoice.finalized',
      'invoice.marked_uncollectible',
      'invoice.paid',
      'invoice.payment_action_required',
      'invoice.payment_failed',
      'invoice.voided',
    ],
    async happen({ paydesk, shop }) {
      const started = await startSubscription(paydesk.stripe);
      return { object: invoicePayload(started), seen: () => subscriptionStatusOf(shop, started) };
    },
    expected: 'ACTIVE',
  },
};

const it = paydeskTest({ environment: { STRIPE_WEBHOOK_SECRET: SECRET } })
  /** Delivers an event, and returns its state once it is handled. */
  .extend('deliver', ({ paydesk, clock }) => async (type: string, object: object) => {
    const id = someEventId();
    const payload = eventOf(type, object, id);
    const signature = signatureOf(payload, SECRET, Math.floor(clock.now().getTime() / 1000));
    const response = await fetch(`${paydesk.url}/webhooks/stripe`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'stripe-signature': signature },
      body: payload,
    });
    await response.text();
    expect(response.status).toBe(200);
    const state = async () =>
      (await query<{ state: string }>(paydesk, 'select state from webhook_events where id = $1', [id]))[0]
        ?.state;
    await expect.poll(state).not.toBe('stored');
    return state();
  });

/** No event arrives by itself, as there is no endpoint. */
describe('an event brings the record up to date, whatever its payload says:', () => {
  it('each type that Stripe is asked to send is tried', () => {
    const tried = Object.values(KINDS).flatMap(({ types }) => types);
    expect(tried.toSorted()).toEqual(HANDLED_EVENT_TYPES.toSorted());
  });

  it.for(Object.entries(KINDS))('those about a %s', async ([, kind], { paydesk, shop, partner, deliver }) => {
    const { types, happen, expected } = kind;
    const handled = types.map(async (type) => {
      const { object, seen } = await happen({ paydesk, shop, partner }, type);
      return [type, await deliver(type, object), await seen()];
    });
    expect(await Promise.all(handled)).toEqual(types.map((type) => [type, 'done', expected]));
  });

  it('an invoice without a subscription has nothing to bring up to date', async ({ deliver }) => {
    // https://docs.stripe.com/api/invoices/object#invoice_object-parent
    const invoice = { id: 'in_1', object: 'invoice', status: 'open', parent: null };
    expect(await deliver('invoice.paid', invoice)).toBe('ignored');
  });
});

function pay({ stripe }: Paydesk): Promise<Stripe.PaymentIntent> {
  return stripe.paymentIntents.create({
    amount: 2000,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    confirm: true,
    return_url: 'https://example.com/paid',
  });
}

/** https://docs.stripe.com/api/subscriptions/object */
function subscriptionPayload({ id, customer }: Stripe.Subscription): object {
  return {
    id,
    object: 'subscription',
    cancel_at: null,
    cancel_at_period_end: false,
    customer,
    items: { object: 'list', data: [], has_more: false, url: `/v1/subscription_items?subscription=${id}` },
    latest_invoice: 'in_stale',
    metadata: {},
    pending_update: {
      billing_cycle_anchor: null,
      expires_at: STALE,
      subscription_items: [],
      trial_end: null,
    },
    status: 'incomplete',
  };
}

/** https://docs.stripe.com/api/invoices/object */
function invoicePayload({ id, latest_invoice: invoice }: Stripe.Subscription): object {
  return {
    id: invoice,
    object: 'invoice',
    billing_reason: 'subscription_cycle',
    parent: {
      quote_details: null,
      subscription_details: { metadata: {}, subscription: id },
      type: 'subscription_details',
    },
    status: 'open',
  };
}

async function customerWithCard(paydesk: Paydesk, partner: Caller, user: string): Promise<string> {
  const card = await saveCard(paydesk, partner, user);
  return idOf((await paydesk.stripe.paymentMethods.retrieve(card)).customer) ?? '';
}

async function isKnown(paydesk: Paydesk, card: string): Promise<boolean> {
  const statement = 'select 1 from attached_payment_methods where payment_method_id = $1';
  return (await query(paydesk, statement, [card])).length === 1;
}

async function statusOf(shop: Caller, paymentID: string): Promise<string> {
  return (await shop.get(`/pay/payments/${paymentID}`)).body.status;
}

async function subscriptionStatusOf(shop: Caller, { id }: Stripe.Subscription): Promise<string> {
  return (await shop.get(`/pay/subscriptions/${id}`)).body.status;
}
