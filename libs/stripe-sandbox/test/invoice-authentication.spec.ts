import type { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import { completeAuthentication } from '../nouns/payment-intents/confirm.js';
import { HOUR_MS, openClub, priceOf } from './club.js';
import { failureOf } from './support.js';

/** A customer whose card wants 3D Secure for each payment. Source: https://docs.stripe.com/testing#regulatory-cards. */
async function openAskingClub() {
  const club = await openClub('pm_card_authenticationRequired');
  const { stripe, sandbox } = club;
  const intentOf = async (invoice: string): Promise<Stripe.PaymentIntent> => {
    const { data } = await stripe.invoicePayments.list({ invoice });
    return stripe.paymentIntents.retrieve(data[0]!.payment.payment_intent as string);
  };
  const authenticate = async (invoice: string): Promise<void> => {
    const { id } = await intentOf(invoice);
    sandbox.run((ctx) => completeAuthentication(ctx, ctx.store.paymentIntents.get(id)!, true));
  };
  const invoiceEvents = async (id: string): Promise<string[]> =>
    (await stripe.events.list({ limit: 100 })).data
      .filter(
        ({ data, type }) => type.startsWith('invoice.payment_') && (data.object as { id?: string }).id === id,
      )
      .map(({ type }) => type)
      .toReversed();
  return { ...club, intentOf, authenticate, invoiceEvents };
}

// https://docs.stripe.com/billing/subscriptions/overview#requires-action; both events and the count of 0 are observed.
test('a first invoice waits for its cardholder', async () => {
  const { stripe, subscribe, intentOf, invoiceEvents, authenticate } = await openAskingClub();
  const { id, status, latest_invoice } = await subscribe({ off_session: true });
  expect(status).toBe('incomplete');
  const invoice = latest_invoice as string;
  expect(await stripe.invoices.retrieve(invoice)).toMatchObject({
    attempt_count: 0,
    attempted: true,
    status: 'open',
  });
  expect(await intentOf(invoice)).toMatchObject({ last_payment_error: null, status: 'requires_action' });
  expect(await invoiceEvents(invoice)).toEqual(['invoice.payment_action_required', 'invoice.payment_failed']);
  await authenticate(invoice);
  expect((await stripe.subscriptions.retrieve(id)).status).toBe('active');
  expect(await stripe.invoices.retrieve(invoice)).toMatchObject({ attempt_count: 1, status: 'paid' });
});

// https://docs.stripe.com/error-codes#invoice-payment-intent-requires-action
test.each([true, false])(
  'paying an invoice says that action is required (off_session=%s)',
  async (off_session) => {
    const { stripe, customer, intentOf, authenticate } = await openAskingClub();
    await stripe.invoiceItems.create({ customer, amount: 500, currency: 'usd' });
    const { id } = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' });
    const failure = await failureOf(stripe.invoices.pay(id, { off_session }));
    expect(failure).toMatchObject({
      statusCode: 402,
      type: 'StripeCardError',
      code: 'invoice_payment_intent_requires_action',
      message: expect.stringMatching(/^This payment requires additional user action/),
      payment_intent: { status: 'requires_action' },
    });
    expect(failure.decline_code).toBe('');
    expect((await intentOf(id)).status).toBe('requires_action');
    await authenticate(id);
    expect((await stripe.invoices.retrieve(id)).status).toBe('paid');
  },
);

test('a renewal waits for its cardholder, and the subscription is past due', async () => {
  const { stripe, subscribe, invoices, intentOf, invoiceEvents, authenticate, clock, wait } =
    await openAskingClub();
  const { id, latest_invoice } = await subscribe();
  await authenticate(latest_invoice as string);
  wait(30);
  clock.advanceMs(2 * HOUR_MS);
  expect((await stripe.subscriptions.retrieve(id)).status).toBe('past_due');
  const [renewal] = await invoices(id);
  expect(renewal).toMatchObject({ attempt_count: 1, billing_reason: 'subscription_cycle', status: 'open' });
  expect((await intentOf(renewal!.id)).status).toBe('requires_action');
  expect(await invoiceEvents(renewal!.id)).toEqual([
    'invoice.payment_action_required',
    'invoice.payment_failed',
  ]);
  await authenticate(renewal!.id);
  expect((await stripe.subscriptions.retrieve(id)).status).toBe('active');
});

// https://docs.stripe.com/error-codes#subscription-payment-intent-requires-action
test('error_if_incomplete refuses a subscription and a change that require action', async () => {
  const { stripe, subscribe, authenticate, customer } = await openAskingClub();
  const { id, items, latest_invoice } = await subscribe();
  const code = 'subscription_payment_intent_requires_action';
  const refused = subscribe({ off_session: true, payment_behavior: 'error_if_incomplete' });
  expect(await failureOf(refused)).toMatchObject({ statusCode: 402, code });
  await authenticate(latest_invoice as string);
  const dear = await priceOf(stripe, 3000);
  const change = stripe.subscriptions.update(id, {
    items: [{ id: items.data[0]!.id, price: dear.id }],
    payment_behavior: 'error_if_incomplete',
    proration_behavior: 'always_invoice',
  });
  expect(await failureOf(change)).toMatchObject({ statusCode: 402, code });
  const { data } = await stripe.subscriptions.list({ customer });
  expect(data.map((subscription) => subscription.items.data[0]!.price.unit_amount)).toEqual([1000]);
});
