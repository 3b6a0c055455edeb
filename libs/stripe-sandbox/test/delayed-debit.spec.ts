import type { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import { visit } from './pages.js';
import { openBench } from './support.js';

/** The test IBAN whose payments go from processing to requires_payment_method. */
const FAILING_IBAN = 'DE62370400440532013001';

async function openCheckout(currency: string) {
  const bench = await openBench();
  const session = await bench.stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: 'https://shop.example/thanks',
    line_items: [{ price_data: { currency, unit_amount: 900, product_data: { name: 'Mug' } }, quantity: 1 }],
  });
  const current = () =>
    bench.stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent.payment_method'] });
  return { ...bench, session, current };
}

// https://docs.stripe.com/payments/sepa-debit/accept-a-payment: the customer is notified, and then debited.
test('a debit completes its session unpaid, and fails later', async () => {
  const { stripe, clock, session, current } = await openCheckout('eur');
  const paid = await visit(session.url!, { iban: FAILING_IBAN, email: 'ada@example.com', name: 'Ada' });
  expect(paid).toMatchObject({ status: 303, location: 'https://shop.example/thanks' });
  expect(await current()).toMatchObject({
    status: 'complete',
    payment_status: 'unpaid',
    customer_details: { email: 'ada@example.com' },
    payment_intent: {
      status: 'processing',
      payment_method: { type: 'sepa_debit', sepa_debit: { country: 'DE', last4: '3001' } },
    },
  });

  clock.advanceMs(10_000);
  const failed = await current();
  expect(failed).toMatchObject({
    status: 'complete',
    payment_status: 'unpaid',
    payment_intent: { status: 'requires_payment_method', amount_received: 0 },
  });
  const { last_payment_error } = failed.payment_intent as Stripe.PaymentIntent;
  expect(last_payment_error).toMatchObject({ code: 'payment_intent_payment_attempt_failed' });
  const types = (await stripe.events.list({ limit: 4 })).data.map(({ type }) => type);
  expect(types).toEqual([
    'checkout.session.async_payment_failed',
    'payment_intent.payment_failed',
    'checkout.session.completed',
    'payment_intent.processing',
  ]);
});

test('other IBANs and other currencies are refused', async () => {
  const { session } = await openCheckout('eur');
  expect((await visit(session.url!, { iban: 'DE89370400440532013000' })).status).toBe(402);
  const { session: inDollars } = await openCheckout('usd');
  expect((await visit(inDollars.url!, { iban: FAILING_IBAN })).status).toBe(402);
});
