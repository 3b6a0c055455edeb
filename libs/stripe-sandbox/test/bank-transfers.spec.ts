import type { Stripe } from 'stripe';
import { describe, expect, test } from 'vitest';
import { BANK_TRANSFER, instructionsOf, openBank } from './bank.js';
import { visit } from './pages.js';
import { failureOf } from './support.js';

describe('a payment', () => {
  test('waits for a bank transfer, which pays it', async () => {
    const { stripe, pay, fund, available, moves, events } = await openBank();
    const intent = await pay();
    expect(intent).toMatchObject({
      status: 'requires_action',
      payment_method_types: ['customer_balance'],
      latest_charge: null,
      next_action: {
        type: 'display_bank_transfer_instructions',
        display_bank_transfer_instructions: {
          amount_remaining: 2500,
          currency: 'eur',
          financial_addresses: [
            {
              type: 'iban',
              supported_networks: ['sepa'],
              iban: { country: 'DE', iban: expect.stringMatching(/^DE\d{20}$/) },
            },
          ],
          type: 'eu_bank_transfer',
        },
      },
    });
    expect(events().at(-1)).toBe('payment_intent.requires_action');
    const count = events().length;
    expect(await fund(2500, instructionsOf(intent).reference!)).toMatchObject({
      type: 'funded',
      net_amount: 2500,
      ending_balance: 2500,
      funded: { bank_transfer: { type: 'eu_bank_transfer', reference: instructionsOf(intent).reference } },
    });
    const paid = await stripe.paymentIntents.retrieve(intent.id, {
      expand: ['latest_charge.balance_transaction'],
    });
    expect(paid).toMatchObject({
      status: 'succeeded',
      amount_received: 2500,
      next_action: null,
      latest_charge: {
        status: 'succeeded',
        payment_method_details: { type: 'customer_balance' },
        // 0.5 %: https://stripe.com/pricing.
        balance_transaction: { type: 'payment', fee: 13 },
      },
    });
    expect(events().slice(count)).toEqual([
      'customer_cash_balance_transaction.created',
      'customer_cash_balance_transaction.created',
      'charge.succeeded',
      'payment_intent.succeeded',
    ]);
    expect(await moves()).toEqual([
      ['funded', 2500, 2500],
      ['applied_to_payment', -2500, 0],
    ]);
    expect(await available()).toBe(null);
  });

  test('can be paid in parts', async () => {
    const { pay, fund, current, events, available } = await openBank();
    const { id } = await pay();
    await fund(1000);
    const partly = await current(id);
    expect(partly).toMatchObject({ status: 'requires_action', amount_received: 0 });
    expect(instructionsOf(partly).amount_remaining).toBe(1500);
    expect(events().at(-1)).toBe('payment_intent.partially_funded');
    await fund(2000);
    expect(await current(id)).toMatchObject({ status: 'succeeded', amount_received: 2500 });
    expect(await available()).toEqual({ eur: 500 });
    expect(events().at(-1)).toBe('cash_balance.funds_available');
  });

  test('is paid at once from what the customer has', async () => {
    const { pay, fund, moves, available } = await openBank();
    await fund(3000);
    expect(await available()).toEqual({ eur: 3000 });
    expect(await pay()).toMatchObject({ status: 'succeeded', amount_received: 2500 });
    expect(await moves()).toEqual([
      ['funded', 3000, 3000],
      ['applied_to_payment', -2500, 500],
    ]);
    const next = await pay();
    expect(instructionsOf(next).amount_remaining).toBe(2000);
  });

  test('gives its part back when it is canceled, or paid otherwise', async () => {
    const { stripe, pay, fund, moves, available } = await openBank();
    const canceled = await pay();
    await fund(1000);
    await stripe.paymentIntents.cancel(canceled.id);
    expect(await available()).toEqual({ eur: 1000 });
    const other = await pay({ allowed_payment_method_types: ['customer_balance', 'card'] });
    expect(await available()).toBe(null);
    const paid = await stripe.paymentIntents.confirm(other.id, {
      payment_method: 'pm_card_visa',
      return_url: 'https://shop.example/done',
    });
    expect(paid).toMatchObject({ status: 'succeeded', next_action: null });
    expect((await moves()).map(([type]) => type)).toEqual([
      'funded',
      'applied_to_payment',
      'unapplied_from_payment',
      'applied_to_payment',
      'unapplied_from_payment',
    ]);
    expect(await available()).toEqual({ eur: 1000 });
  });

  test('keeps its reference and its part when it is confirmed again, and gives the part back for another amount', async () => {
    const { stripe, pay, fund, current, available } = await openBank();
    const intent = await pay();
    await fund(1000);
    const again = await stripe.paymentIntents.confirm(intent.id, { return_url: 'https://shop.example/done' });
    expect(instructionsOf(again)).toMatchObject({
      amount_remaining: 1500,
      reference: instructionsOf(intent).reference,
    });
    expect(await stripe.paymentIntents.update(intent.id, { amount: 4000 })).toMatchObject({
      status: 'requires_confirmation',
      next_action: null,
    });
    expect(await available()).toEqual({ eur: 1000 });
    await stripe.paymentIntents.confirm(intent.id, { return_url: 'https://shop.example/done' });
    expect(instructionsOf(await current(intent.id)).amount_remaining).toBe(3000);
  });

  test('needs a customer, and a way to transfer money', async () => {
    const { pay } = await openBank();
    expect(await failureOf(pay({ customer: undefined }))).toMatchObject({
      statusCode: 400,
      param: 'customer',
    });
    const pounds = await failureOf(pay({ currency: 'gbp' }));
    expect(pounds.param).toBe('payment_method_options[customer_balance][bank_transfer][type]');
    const saved = await failureOf(pay({ setup_future_usage: 'off_session' }));
    expect(saved.param).toBe('setup_future_usage');
    expect((await failureOf(pay({ currency: 'chf' }))).message).toMatch(/No valid payment method types/);
  });

  test.for([
    ['usd', 'us_bank_transfer', ['aba', 'swift']],
    ['gbp', 'gb_bank_transfer', ['sort_code']],
    ['jpy', 'jp_bank_transfer', ['zengin']],
  ] as const)('in %s is by %s', async ([currency, type, addresses]) => {
    const { pay } = await openBank();
    const intent = await pay({ currency, payment_method_options: undefined });
    expect(instructionsOf(intent)).toMatchObject({ type, currency });
    expect(instructionsOf(intent).financial_addresses!.map((each) => each.type)).toEqual(addresses);
  });

  test('cannot be attached as a payment method', async () => {
    const { stripe, customer } = await openBank();
    const { id } = await stripe.paymentMethods.create({ type: 'customer_balance' });
    expect((await failureOf(stripe.paymentMethods.attach(id, { customer }))).statusCode).toBe(400);
  });
});

// https://docs.stripe.com/payments/customer-balance/reconciliation
describe('a transfer', () => {
  test('pays the payment of its reference, then of its amount, then the oldest', async () => {
    const { pay, fund, current } = await openBank();
    const [oldest, exact, named] = [await pay(), await pay({ amount: 700 }), await pay({ amount: 900 })];
    await fund(900, `Invoice ${instructionsOf(named).reference}`);
    await fund(700);
    await fund(100);
    expect(await current(named.id)).toMatchObject({ status: 'succeeded' });
    expect(await current(exact.id)).toMatchObject({ status: 'succeeded' });
    expect(instructionsOf(await current(oldest.id)).amount_remaining).toBe(2400);
  });

  test('pays the smallest and oldest group of payments that waits for just its amount', async () => {
    const { pay, fund, current } = await openBank();
    const intents: Stripe.PaymentIntent[] = [];
    for (const amount of [900, 300, 400, 300, 700]) intents.push(await pay({ amount }));
    const paid = async () => {
      const now = await Promise.all(intents.map(({ id }) => current(id)));
      return now.map(({ status }) => status === 'succeeded');
    };
    // 300 + 700, rather than 300 + 400 + 300.
    await fund(1000);
    expect(await paid()).toEqual([false, true, false, false, true]);
    await fund(900 + 400 + 300);
    expect(await paid()).toEqual([true, true, true, true, true]);
  });

  test('of an amount that no group waits for pays the oldest', async () => {
    const { pay, fund, current } = await openBank();
    const [oldest, other] = [await pay({ amount: 900 }), await pay({ amount: 400 })];
    await fund(1000);
    expect(await current(oldest.id)).toMatchObject({ status: 'succeeded' });
    expect(instructionsOf(await current(other.id)).amount_remaining).toBe(300);
  });

  test('in Japan has no reference', async () => {
    const { pay, fund, current } = await openBank();
    const [oldest, named] = [
      await pay({ currency: 'jpy', payment_method_options: undefined }),
      await pay({ currency: 'jpy', payment_method_options: undefined }),
    ];
    await fund(900, instructionsOf(named).reference!, 'jpy');
    expect(instructionsOf(await current(oldest.id)).amount_remaining).toBe(1600);
  });

  test('waits to be applied by hand', async () => {
    const { stripe, customer, pay, fund, current, available } = await openBank();
    await stripe.customers.update(customer, {
      cash_balance: { settings: { reconciliation_mode: 'manual' } },
    });
    expect(await stripe.customers.retrieve(customer, { expand: ['cash_balance'] })).toMatchObject({
      cash_balance: { settings: { reconciliation_mode: 'manual', using_merchant_default: false } },
    });
    const { id } = await pay();
    await fund(3000);
    expect(await current(id)).toMatchObject({ status: 'requires_action' });
    expect((await failureOf(stripe.paymentIntents.applyCustomerBalance(id, { amount: 2501 }))).param).toBe(
      'amount',
    );
    const partly = await stripe.paymentIntents.applyCustomerBalance(id, { amount: 500 });
    expect(instructionsOf(partly).amount_remaining).toBe(2000);
    expect(await stripe.paymentIntents.applyCustomerBalance(id)).toMatchObject({ status: 'succeeded' });
    expect(await available()).toEqual({ eur: 500 });
    expect((await failureOf(stripe.paymentIntents.applyCustomerBalance(id))).code).toBe(
      'payment_intent_unexpected_state',
    );
    const updated = await stripe.customers.updateCashBalance(customer, {
      settings: { reconciliation_mode: 'merchant_default' },
    });
    expect(updated.settings).toEqual({ reconciliation_mode: 'automatic', using_merchant_default: true });
  });

  // As in the example of https://docs.stripe.com/payments/customer-balance/reconciliation#cash-manual-reconciliation
  test('is applied by hand to payments that have no payment method yet, as far as it goes', async () => {
    const { stripe, customer, pay, fund, events, available } = await openBank();
    await stripe.customers.updateCashBalance(customer, { settings: { reconciliation_mode: 'manual' } });
    const unconfirmed = { payment_method_data: undefined, confirm: undefined, return_url: undefined };
    const [first, second] = [await pay(unconfirmed), await pay(unconfirmed)];
    expect(first.status).toBe('requires_payment_method');
    expect((await failureOf(stripe.paymentIntents.applyCustomerBalance(first.id))).param).toBe('amount');
    await fund(3000);
    const paid = await stripe.paymentIntents.applyCustomerBalance(first.id);
    expect(paid).toMatchObject({ status: 'succeeded', amount_received: 2500 });
    const partly = await stripe.paymentIntents.applyCustomerBalance(second.id);
    expect(partly.status).toBe('requires_action');
    expect(instructionsOf(partly).amount_remaining).toBe(2000);
    expect(events().at(-1)).toBe('payment_intent.partially_funded');
    expect(await available()).toBe(null);
    const card = await pay({ ...unconfirmed, allowed_payment_method_types: ['card'] });
    await fund(3000);
    expect((await failureOf(stripe.paymentIntents.applyCustomerBalance(card.id))).code).toBe(
      'payment_intent_unexpected_state',
    );
  });

  test('comes to the same account each time', async () => {
    const { stripe, customer, pay } = await openBank();
    const addresses = async () => instructionsOf(await pay()).financial_addresses;
    const first = await addresses();
    expect(await addresses()).toEqual(first);
    expect(
      await stripe.customers.createFundingInstructions(customer, {
        funding_type: 'bank_transfer',
        currency: 'eur',
        bank_transfer: BANK_TRANSFER.customer_balance.bank_transfer,
      }),
    ).toMatchObject({ object: 'funding_instructions', bank_transfer: { financial_addresses: first } });
  });
});

describe('a checkout page', () => {
  async function openSession(more: Partial<Stripe.Checkout.SessionCreateParams> = {}) {
    const bank = await openBank();
    const { stripe, customer } = bank;
    const session = await stripe.checkout.sessions.create({
      mode: 'payment',
      customer,
      allowed_payment_method_types: ['customer_balance'],
      line_items: [
        { price_data: { currency: 'eur', unit_amount: 2500, product_data: { name: 'Mug' } }, quantity: 1 },
      ],
      success_url: 'https://shop.example/thanks',
      ...more,
    });
    const now = () => stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent'] });
    return { ...bank, session, now };
  }

  test('shows how to transfer the money, completes unpaid, and is paid later', async () => {
    const { session, now, fund, events } = await openSession();
    expect(session).toMatchObject({
      payment_method_types: ['customer_balance'],
      payment_method_options: { customer_balance: { funding_type: 'bank_transfer' } },
    });
    const page = await visit(session.url!);
    expect(page.text).toContain('name="bank_transfer"');
    expect(page.text).not.toContain('name="number"');
    const { status, location } = await visit(session.url!, { bank_transfer: 'yes' });
    expect(status).toBe(303);
    const open = await now();
    expect(open).toMatchObject({
      status: 'complete',
      payment_status: 'unpaid',
      payment_intent: { status: 'requires_action' },
    });
    const instructions = instructionsOf(open.payment_intent as Stripe.PaymentIntent);
    expect(location).toBe(instructions.hosted_instructions_url);
    const shown = (await visit(location!)).text;
    expect(shown).toContain(instructions.reference);
    expect(shown).toContain(instructions.financial_addresses![0]!.iban!.iban);
    expect(shown).toContain('https://shop.example/thanks');
    expect(events()).toContain('checkout.session.completed');
    await fund(2500);
    expect(await now()).toMatchObject({ payment_status: 'paid', payment_intent: { status: 'succeeded' } });
    expect(events().slice(-2)).toEqual([
      'payment_intent.succeeded',
      'checkout.session.async_payment_succeeded',
    ]);
  });

  test('takes test transfers on the page of the instructions', async () => {
    const { session, now } = await openSession({
      payment_method_options: BANK_TRANSFER,
    });
    const { location } = await visit(session.url!, { bank_transfer: 'yes' });
    expect((await visit(location!, { amount: 'much' })).status).toBe(400);
    expect((await visit(location!, { amount: '1000' })).status).toBe(303);
    expect((await visit(location!)).text).toContain('15.00');
    expect((await visit(location!, {})).status).toBe(303);
    expect((await visit(location!)).text).toContain('The payment has been made.');
    expect(await now()).toMatchObject({ payment_status: 'paid' });
  });

  test('is paid at once from what the customer has', async () => {
    const { session, now, fund, events } = await openSession();
    await fund(2500);
    expect(await visit(session.url!, { bank_transfer: 'yes' })).toMatchObject({
      status: 303,
      location: 'https://shop.example/thanks',
    });
    expect(await now()).toMatchObject({ status: 'complete', payment_status: 'paid' });
    expect(events()).not.toContain('checkout.session.async_payment_succeeded');
  });

  // https://docs.stripe.com/payments/bank-transfers#get-started
  test('offers a transfer of its own accord to a customer only', async () => {
    const typesFor = async (more: Partial<Stripe.Checkout.SessionCreateParams>) =>
      (await openSession({ allowed_payment_method_types: undefined, ...more })).session.payment_method_types;
    expect(await typesFor({})).toEqual(['card', 'sepa_debit', 'customer_balance']);
    expect(await typesFor({ customer: undefined })).toEqual(['card', 'sepa_debit']);
    expect(await typesFor({ excluded_payment_method_types: ['customer_balance'] })).toEqual([
      'card',
      'sepa_debit',
    ]);
    const recurring = { interval: 'month' as const };
    const price_data = { currency: 'eur', unit_amount: 900, product_data: { name: 'Mug' }, recurring };
    expect(await typesFor({ mode: 'subscription', line_items: [{ price_data, quantity: 1 }] })).toEqual([
      'card',
      'sepa_debit',
    ]);
  });

  test('lists the type in an older version', async () => {
    const { stripe, customer } = await openBank();
    const older = { apiVersion: '2026-08-26.dahlia' };
    const session = await stripe.checkout.sessions.create(
      {
        mode: 'payment',
        customer,
        payment_method_types: ['customer_balance', 'card'],
        payment_method_options: BANK_TRANSFER,
        line_items: [
          { price_data: { currency: 'eur', unit_amount: 900, product_data: { name: 'Mug' } }, quantity: 1 },
        ],
        success_url: 'https://shop.example/thanks',
      } as Stripe.Checkout.SessionCreateParams,
      older,
    );
    await visit(session.url!, { bank_transfer: 'yes' });
    expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ payment_status: 'unpaid' });
  });

  test('needs a customer, and a payment', async () => {
    expect((await failureOf(openSession({ customer: undefined }))).message).toMatch(/requires a customer/);
    const monthly = { currency: 'eur', unit_amount: 900, product_data: { name: 'Club' } };
    const subscribe = openSession({
      mode: 'subscription',
      line_items: [{ price_data: { ...monthly, recurring: { interval: 'month' } }, quantity: 1 }],
    });
    expect((await failureOf(subscribe)).message).toMatch(/No valid payment method types/);
  });
});
