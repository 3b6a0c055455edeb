import type { Stripe } from 'stripe';
import { describe, expect, test } from 'vitest';
import { visit } from './pages.js';
import { failureOf, openBench } from './support.js';

// https://docs.stripe.com/payments/sepa-debit/accept-a-payment and .../set-up-payment, with the test IBANs given there.
const IBANS = {
  pays: 'DE89370400440532013000',
  paysLate: 'DE08370400440532013003',
  fails: 'DE62370400440532013001',
  /** Of `stripe trigger checkout.session.async_payment_failed`. */
  failsInItaly: 'IT60X0542811101000000123456',
  failsLate: 'DE78370400440532013004',
  isDisputed: 'DE35370400440532013002',
  exceedsVolume: 'DE65370400440000343434',
  exceedsTransactions: 'DE27370400440000121212',
  hasNoFunds: 'DE65370400440002222227',
};

const ADA = { name: 'Ada', email: 'ada@example.com' };
const ACCEPTED = {
  customer_acceptance: {
    type: 'online' as const,
    online: { ip_address: '198.51.100.7', user_agent: 'Firefox' },
  },
};

async function openBank() {
  const bench = await openBench();
  const { stripe, sandbox, clock } = bench;
  const customer = (await stripe.customers.create(ADA)).id;
  const account = (iban: string) =>
    stripe.paymentMethods.create({ type: 'sepa_debit', sepa_debit: { iban }, billing_details: ADA });
  const debit = async (iban: string, more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
    stripe.paymentIntents.create({
      amount: 2500,
      currency: 'eur',
      customer,
      allowed_payment_method_types: ['sepa_debit'],
      payment_method: (await account(iban)).id,
      confirm: true,
      mandate_data: ACCEPTED,
      ...more,
    });
  const events = () => [...sandbox.store.events.oldestFirst()].map(({ type }) => type);
  const wait = (seconds: number) => clock.advanceMs(seconds * 1000);
  /** Saves an account with a setup intent. */
  const save = async (iban: string) => {
    const intent = await stripe.setupIntents.create({
      customer,
      allowed_payment_method_types: ['sepa_debit'],
      payment_method: (await account(iban)).id,
      confirm: true,
      mandate_data: ACCEPTED,
    });
    expect(intent).toMatchObject({ status: 'succeeded', mandate: expect.stringMatching(/^mandate_/) });
    return intent.payment_method as string;
  };
  return { ...bench, customer, account, debit, events, wait, save };
}

describe('a debit', () => {
  test('is processing, then succeeds', async () => {
    const { stripe, debit, events, wait } = await openBank();
    const intent = await debit(IBANS.pays, { expand: ['latest_charge'] });
    expect(intent).toMatchObject({
      status: 'processing',
      amount_received: 0,
      payment_method_types: ['sepa_debit'],
      latest_charge: {
        id: expect.stringMatching(/^py_/),
        status: 'pending',
        paid: false,
        payment_method_details: { type: 'sepa_debit', sepa_debit: { country: 'DE', last4: '3000' } },
      },
    });
    expect(events().slice(-2)).toEqual(['charge.pending', 'payment_intent.processing']);
    wait(10);
    const expand = ['latest_charge.balance_transaction'];
    expect(await stripe.paymentIntents.retrieve(intent.id, { expand })).toMatchObject({
      status: 'succeeded',
      amount_received: 2500,
      latest_charge: {
        status: 'succeeded',
        paid: true,
        // 0.8 %: https://stripe.com/pricing.
        balance_transaction: { type: 'payment', amount: 2500, fee: 20 },
      },
    });
    expect(events().slice(-2)).toEqual(['charge.succeeded', 'payment_intent.succeeded']);
  });

  test('succeeds or fails after three minutes', async () => {
    const { stripe, debit, wait } = await openBank();
    const ids = [(await debit(IBANS.paysLate)).id, (await debit(IBANS.failsLate)).id];
    const statuses = () =>
      Promise.all(ids.map(async (id) => (await stripe.paymentIntents.retrieve(id)).status));
    wait(179);
    expect(await statuses()).toEqual(['processing', 'processing']);
    wait(1);
    expect(await statuses()).toEqual(['succeeded', 'requires_payment_method']);
  });

  test.for([
    [IBANS.fails, 'payment_intent_payment_attempt_failed'],
    [IBANS.failsInItaly, 'payment_intent_payment_attempt_failed'],
    [IBANS.exceedsVolume, 'charge_exceeds_source_limit'],
    [IBANS.exceedsTransactions, 'charge_exceeds_weekly_limit', 'charge_exceeds_source_limit'],
    [IBANS.hasNoFunds, 'insufficient_funds'],
  ] as const)('of %s fails with %s', async ([iban, failure_code, code = failure_code]) => {
    const { stripe, debit, events, wait } = await openBank();
    const { id } = await debit(iban);
    wait(10);
    expect(await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] })).toMatchObject({
      status: 'requires_payment_method',
      amount_received: 0,
      last_payment_error: { code, payment_method: { type: 'sepa_debit' } },
      latest_charge: { status: 'failed', failure_code, paid: false },
    });
    expect(events().slice(-2)).toEqual(['charge.failed', 'payment_intent.payment_failed']);
  });

  // https://docs.stripe.com/payments/sepa-debit#disputed-payments: without appeal.
  test('can be disputed, which is final', async () => {
    const { stripe, debit, wait } = await openBank();
    const { id } = await debit(IBANS.isDisputed);
    wait(10);
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({ status: 'succeeded' });
    const [dispute] = (await stripe.disputes.list({ payment_intent: id })).data;
    expect(dispute).toMatchObject({ amount: 2500, status: 'lost', evidence_details: { due_by: null } });
    expect((await failureOf(stripe.disputes.update(dispute!.id, { submit: true }))).statusCode).toBe(400);
    expect((await failureOf(stripe.refunds.create({ payment_intent: id }))).code).toBe('charge_disputed');
  });

  test('is refunded only once it has succeeded', async () => {
    const { stripe, debit, wait } = await openBank();
    const { id } = await debit(IBANS.pays);
    expect((await failureOf(stripe.refunds.create({ payment_intent: id }))).statusCode).toBe(400);
    expect((await failureOf(stripe.paymentIntents.cancel(id))).code).toBe('payment_intent_unexpected_state');
    wait(10);
    expect(await stripe.refunds.create({ payment_intent: id, amount: 1000 })).toMatchObject({
      amount: 1000,
      destination_details: { type: 'eu_bank_transfer' },
    });
  });

  test('needs a currency and a capture that banks have', async () => {
    const { debit } = await openBank();
    const nothing = expect.stringMatching(/No valid payment method types/);
    expect((await failureOf(debit(IBANS.pays, { currency: 'usd' }))).message).toEqual(nothing);
    expect((await failureOf(debit(IBANS.pays, { capture_method: 'manual' }))).message).toEqual(nothing);
    // Seen by others at https://github.com/stripe/stripe-terminal-react-native/issues/745.
    const cards = { allowed_payment_method_types: ['card' as const] };
    expect((await failureOf(debit(IBANS.pays, cards))).message).toMatch(
      /^The PaymentMethod provided \(sepa_debit\) is not allowed for this PaymentIntent/,
    );
  });
});

describe('an account', () => {
  test('is shown without its IBAN', async () => {
    const { account } = await openBank();
    expect(await account('de89 3704 0044 0532 0130 00')).toMatchObject({
      type: 'sepa_debit',
      billing_details: ADA,
      sepa_debit: { bank_code: '37040044', country: 'DE', last4: '3000' },
    });
  });

  test('must be valid, a test account, and have a holder', async () => {
    const { stripe, account } = await openBank();
    for (const iban of ['DE89370400440532013001', '4242424242424242', 'GB82WEST12345698765432']) {
      expect(await failureOf(account(iban))).toMatchObject({ statusCode: 400, param: 'sepa_debit[iban]' });
    }
    const unnamed = { type: 'sepa_debit' as const, sepa_debit: { iban: IBANS.pays } };
    expect((await failureOf(stripe.paymentMethods.create(unnamed))).param).toBe('billing_details[name]');
  });
});

describe('a mandate', () => {
  test('is for one payment, or for later ones', async () => {
    const { stripe, debit, customer } = await openBank();
    const mandateOf = async ({ latest_charge }: Stripe.PaymentIntent) => {
      const { payment_method_details } = await stripe.charges.retrieve(latest_charge as string);
      return stripe.mandates.retrieve(payment_method_details!.sepa_debit!.mandate!);
    };
    expect(await mandateOf(await debit(IBANS.pays))).toMatchObject({
      status: 'active',
      type: 'single_use',
      single_use: { amount: 2500, currency: 'eur' },
      customer_acceptance: ACCEPTED.customer_acceptance,
    });
    const saved = await debit(IBANS.pays, { setup_future_usage: 'off_session' });
    const mandate = await mandateOf(saved);
    expect(mandate).toMatchObject({ type: 'multi_use', multi_use: {} });
    const later = {
      customer,
      payment_method: saved.payment_method as string,
      mandate_data: undefined,
      off_session: true,
    };
    expect((await mandateOf(await debit(IBANS.pays, later))).id).toBe(mandate.id);
    await stripe.paymentMethods.detach(saved.payment_method as string);
    expect(await stripe.mandates.retrieve(mandate.id)).toMatchObject({ status: 'inactive' });
    const [event] = (await stripe.events.list({ type: 'mandate.updated' })).data;
    expect(event).toMatchObject({ data: { previous_attributes: { status: 'active' } } });
  });

  test('is required', async () => {
    const { stripe, debit, account } = await openBank();
    // Both seen by others: https://docs.stripe.com/payments/ach-direct-debit/accept-a-payment and
    // https://github.com/laravel/cashier-stripe/issues/1515.
    expect((await failureOf(debit(IBANS.pays, { mandate_data: undefined }))).message).toBe(
      'This PaymentIntent requires a mandate, but no existing mandate was found. Collect mandate acceptance from the customer and try again, providing acceptance data in the mandate_data parameter.',
    );
    const saving = { mandate_data: undefined, setup_future_usage: 'off_session' as const };
    expect((await failureOf(debit(IBANS.pays, saving))).message).toBe(
      'When confirming a PaymentIntent with a `sepa_debit` PaymentMethod and `setup_future_usage`, `mandate_data` is required.',
    );
    const setup = {
      allowed_payment_method_types: ['sepa_debit' as const],
      payment_method: (await account(IBANS.pays)).id,
      confirm: true,
    };
    expect((await failureOf(stripe.setupIntents.create(setup))).param).toBe('mandate_data');
  });
});

describe('a subscription', () => {
  async function subscribe(iban: string) {
    const bank = await openBank();
    const { stripe, customer, save } = bank;
    const price = await stripe.prices.create({
      currency: 'eur',
      unit_amount: 900,
      recurring: { interval: 'month' },
      product_data: { name: 'Club' },
    });
    const subscription = await stripe.subscriptions.create({
      customer,
      items: [{ price: price.id }],
      default_payment_method: await save(iban),
    });
    const current = () => stripe.subscriptions.retrieve(subscription.id, { expand: ['latest_invoice'] });
    return { ...bank, subscription, current };
  }

  // https://docs.stripe.com/billing/subscriptions/sepa-debit: active while its first debit is processing.
  test('is active while its debit is processing', async () => {
    const { current, wait } = await subscribe(IBANS.pays);
    expect(await current()).toMatchObject({ status: 'active', latest_invoice: { status: 'open' } });
    wait(10);
    expect(await current()).toMatchObject({
      status: 'active',
      latest_invoice: { status: 'paid', amount_paid: 900, attempt_count: 1 },
    });
  });

  test('is past due once its debit has failed', async () => {
    const { current, wait } = await subscribe(IBANS.fails);
    expect(await current()).toMatchObject({ status: 'active' });
    wait(10);
    expect(await current()).toMatchObject({ status: 'past_due', latest_invoice: { status: 'open' } });
  });

  test('is renewed by debits', async () => {
    const { stripe, current, wait } = await subscribe(IBANS.pays);
    wait(30 * 24 * 60 * 60 + 3600);
    expect(await current()).toMatchObject({ status: 'active', latest_invoice: { status: 'open' } });
    wait(10);
    expect(await current()).toMatchObject({ status: 'active', latest_invoice: { status: 'paid' } });
    const { data } = await stripe.invoices.list();
    expect(data.map(({ status, attempt_count }) => [status, attempt_count])).toEqual([
      ['paid', 1],
      ['paid', 1],
    ]);
  });
});

describe('a checkout page', () => {
  const MUG = { currency: 'eur', unit_amount: 900, product_data: { name: 'Mug' } };
  const CLUB = { ...MUG, recurring: { interval: 'month' as const } };

  async function open(params: Partial<Stripe.Checkout.SessionCreateParams>) {
    const bench = await openBench();
    const session = await bench.stripe.checkout.sessions.create({
      mode: 'payment',
      success_url: 'https://shop.example/thanks',
      ...(params.mode !== 'setup' && { line_items: [{ price_data: MUG, quantity: 1 }] }),
      ...params,
    });
    const current = () =>
      bench.stripe.checkout.sessions.retrieve(session.id, {
        expand: ['payment_intent.payment_method', 'setup_intent'],
      });
    const enter = (iban: string) => visit(session.url!, { iban, ...ADA });
    const types = async () => (await bench.stripe.events.list()).data.map(({ type }) => type);
    return { ...bench, session, current, enter, types };
  }

  test('completes unpaid, and is paid later', async () => {
    const { session, current, enter, types, clock } = await open({});
    expect(session.payment_method_types).toEqual(['card', 'sepa_debit']);
    expect((await visit(session.url!)).text).toContain('name="iban"');
    expect(await enter(IBANS.pays)).toMatchObject({ status: 303, location: 'https://shop.example/thanks' });
    expect(await current()).toMatchObject({
      status: 'complete',
      payment_status: 'unpaid',
      customer_details: ADA,
      payment_intent: { status: 'processing', payment_method: { type: 'sepa_debit' } },
    });
    clock.advanceMs(10_000);
    expect(await current()).toMatchObject({
      payment_status: 'paid',
      payment_intent: { status: 'succeeded' },
    });
    expect((await types()).slice(0, 3)).toEqual([
      'checkout.session.async_payment_succeeded',
      'payment_intent.succeeded',
      'charge.succeeded',
    ]);
  });

  test('completes unpaid, and fails later', async () => {
    const { current, enter, types, clock } = await open({});
    await enter(IBANS.fails);
    clock.advanceMs(10_000);
    expect(await current()).toMatchObject({
      status: 'complete',
      payment_status: 'unpaid',
      payment_intent: { status: 'requires_payment_method', amount_received: 0 },
    });
    expect((await types()).slice(0, 5)).toEqual([
      'checkout.session.async_payment_failed',
      'payment_intent.payment_failed',
      'charge.failed',
      'checkout.session.completed',
      'payment_intent.processing',
    ]);
  });

  test.for([
    [IBANS.pays, 'paid', 'active', 'checkout.session.async_payment_succeeded'],
    [IBANS.fails, 'unpaid', 'past_due', 'checkout.session.async_payment_failed'],
  ] as const)('subscribes: %s', async ([iban, payment_status, status, event]) => {
    const { stripe, current, enter, types, clock } = await open({
      mode: 'subscription',
      line_items: [{ price_data: CLUB, quantity: 1 }],
    });
    await enter(iban);
    const session = await current();
    expect(session).toMatchObject({ status: 'complete', payment_status: 'unpaid' });
    const subscription = () => stripe.subscriptions.retrieve(session.subscription as string);
    expect(await subscription()).toMatchObject({
      status: 'active',
      default_payment_method: expect.stringMatching(/^pm_/),
    });
    clock.advanceMs(10_000);
    expect(await current()).toMatchObject({ payment_status });
    expect(await subscription()).toMatchObject({ status });
    expect(await types()).toContain(event);
  });

  test('saves an account for later debits', async () => {
    const { stripe, current, enter } = await open({
      mode: 'setup',
      currency: 'eur',
      customer_creation: 'always',
    });
    await enter(IBANS.pays);
    const { customer, setup_intent } = await current();
    const { payment_method } = setup_intent as Stripe.SetupIntent;
    const later = await stripe.paymentIntents.create({
      amount: 900,
      currency: 'eur',
      customer: customer as string,
      payment_method: payment_method as string,
      confirm: true,
      off_session: true,
    });
    expect(later.status).toBe('processing');
  });

  test('takes no account where it takes only cards, or another currency', async () => {
    const cards = await open({ allowed_payment_method_types: ['card'] });
    expect((await visit(cards.session.url!)).text).not.toContain('name="iban"');
    expect((await cards.enter(IBANS.pays)).status).toBe(402);
    const dollars = await open({ line_items: [{ price_data: { ...MUG, currency: 'usd' }, quantity: 1 }] });
    expect((await dollars.enter(IBANS.pays)).status).toBe(402);
  });
});
