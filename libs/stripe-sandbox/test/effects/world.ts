import type { Stripe } from 'stripe';
import { at, HOUR_MS } from '../club.js';
import { CARD_ONLY } from '../payments.js';
import type { Bench } from '../support.js';

/** Gives a sandbox something of everything, for trials. */
export async function fillWorld(bench: Bench) {
  const { stripe, clock, sandbox } = bench;
  const { id: configuration } = await stripe.billingPortal.configurations.create({
    features: { invoice_history: { enabled: true } },
  });
  const { id: endpoint } = await stripe.webhookEndpoints.create({
    url: 'https://shop.example/hook',
    enabled_events: ['balance.available'],
  });
  const { id: endpoint2 } = await stripe.webhookEndpoints.create({
    url: 'https://shop.example/2',
    enabled_events: ['*'],
  });
  await stripe.testHelpers.testClocks.create({ frozen_time: at('2026-11-01') });
  const { id: clockId } = await stripe.testHelpers.testClocks.create({ frozen_time: at('2026-11-01') });
  await stripe.billingPortal.configurations.create({ features: { invoice_history: { enabled: true } } });
  const { id: other } = await stripe.customers.create({ email: 'bea@example.com' });
  const { id: clocked } = await stripe.customers.create({ test_clock: clockId });
  const { id: customer } = await stripe.customers.create({
    email: 'ada@example.com',
    source: 'tok_mastercard',
    address: { line1: '1 Old St', country: 'US' },
    phone: '123',
  });
  const { id: card } = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  const { id: card2 } = await stripe.paymentMethods.attach('pm_card_mastercard', { customer });
  const { id: secure } = await stripe.paymentMethods.attach('pm_card_authenticationRequired', { customer });
  const { id: ready } = await stripe.paymentMethods.attach(
    'pm_card_authenticationRequiredSetupForOffSession',
    { customer },
  );
  const { id: failing } = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: card } });
  const { id: source2 } = await stripe.customers.createSource(customer, { source: 'tok_amex' });
  const source = ((await stripe.customers.retrieve(customer)) as Stripe.Customer).default_source as string;
  const { id: loose } = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
  const iban = {
    type: 'sepa_debit' as const,
    sepa_debit: { iban: 'DE89370400440532013000' },
    billing_details: { name: 'Ada', email: 'ada@example.com' },
  };
  const { id: account } = await stripe.paymentMethods.create(iban);
  const { id: named } = await stripe.paymentMethods.create({
    type: 'card',
    card: { token: 'tok_visa' },
    billing_details: { name: 'Bea' },
  });
  const { id: product } = await stripe.products.create({ name: 'Club', shippable: true });
  await stripe.products.create({ name: 'Hat' });
  const { id: product2 } = await stripe.products.create({ name: 'Mug', active: false });
  const priceOf = async (unit_amount: number, interval?: 'month' | 'year', more = {}) =>
    (
      await stripe.prices.create({
        currency: 'usd',
        unit_amount,
        product,
        ...(interval && { recurring: { interval } }),
        ...more,
      })
    ).id;
  const monthly = await priceOf(1000, 'month', { lookup_key: 'monthly' });
  const dearer = await priceOf(3000, 'month');
  const yearly = await priceOf(9000, 'year');
  const dearest = await priceOf(5000, 'month');
  const withTrial = await priceOf(2000, 'month', { recurring: { interval: 'month', trial_period_days: 5 } });
  const once = await priceOf(700);
  const once2 = await priceOf(800);
  const { id: fixed } = await stripe.coupons.create({ amount_off: 300, currency: 'usd' });
  const { id: coupon } = await stripe.coupons.create({ percent_off: 25, duration: 'forever' });
  const { id: code } = await stripe.promotionCodes.create({
    promotion: { type: 'coupon', coupon },
    code: 'FALL20',
  });
  await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: fixed } });
  const pay = (more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
    stripe.paymentIntents.create({ ...CARD_ONLY, amount: 5000, customer, ...more });
  const blank = (await pay({ customer: undefined })).id;
  const intent = (await pay()).id;
  const confirmed = { payment_method: card, confirm: true };
  const held = (await pay({ ...confirmed, capture_method: 'manual' })).id;
  const paid = (await pay({ ...confirmed, transfer_group: 'group' })).id;
  const paid2 = (await pay(confirmed)).id;
  const charge = (await stripe.paymentIntents.retrieve(paid)).latest_charge as string;
  const { id: plainCharge } = await stripe.charges.create({
    amount: 900,
    currency: 'usd',
    source: 'tok_visa',
  });
  const { id: heldCharge } = await stripe.charges.create({
    amount: 900,
    currency: 'usd',
    source: 'tok_visa',
    capture: false,
  });
  const disputed = await stripe.paymentIntents.create({
    ...CARD_ONLY,
    amount: 800,
    payment_method: 'pm_card_createDispute',
    confirm: true,
  });
  await stripe.paymentIntents.create({
    ...CARD_ONLY,
    amount: 800,
    payment_method: 'pm_card_createDispute',
    confirm: true,
  });
  const dispute = (await stripe.disputes.list({ payment_intent: disputed.id })).data[0]!.id;
  const warned = {
    ...CARD_ONLY,
    amount: 800,
    payment_method: 'pm_card_createIssuerFraudRecord',
    confirm: true,
  };
  await stripe.paymentIntents.create(warned);
  await stripe.paymentIntents.create(warned);
  const { id: refund } = await stripe.refunds.create({ payment_intent: paid, amount: 100 });
  const { id: refund2 } = await stripe.refunds.create({ charge: plainCharge, amount: 100 });
  const authorize = {
    customer,
    allowed_payment_method_types: ['sepa_debit' as const],
    payment_method: account,
    confirm: true,
    mandate_data: { customer_acceptance: { type: 'offline' as const, offline: {} } },
  } satisfies Stripe.SetupIntentCreateParams;
  const { mandate } = (await stripe.setupIntents.create(authorize)) as { mandate: string };
  await stripe.setupIntents.create(authorize);
  const debit = (await stripe.paymentIntents.create({ amount: 4000, currency: 'eur', customer })).id;
  const { id: debitSetup } = await stripe.setupIntents.create({
    customer,
    allowed_payment_method_types: ['sepa_debit', 'card'],
  });
  const euros = {
    amount: 2500,
    currency: 'eur',
    customer,
    allowed_payment_method_types: ['customer_balance' as const],
    payment_method_data: { type: 'customer_balance' as const },
  };
  await stripe.customers.updateCashBalance(customer, { settings: { reconciliation_mode: 'manual' } });
  const { id: transfer } = await stripe.paymentIntents.create({ ...euros, confirm: true });
  for (const amount of [3000, 4000]) {
    await stripe.testHelpers.customers.fundCashBalance(customer, { amount, currency: 'eur' });
  }
  const { id: setup } = await stripe.setupIntents.create({
    customer,
    allowed_payment_method_types: ['card'],
  });
  const automaticSetup = (await stripe.setupIntents.create({ customer })).id;
  const { id: openSetup } = await stripe.setupIntents.create({ allowed_payment_method_types: ['card'] });
  const { id: tried } = await stripe.setupIntents.create({
    customer: other,
    allowed_payment_method_types: ['card'],
  });
  await stripe.setupIntents.confirm(tried, { payment_method: 'pm_card_chargeDeclined' }).catch(() => null);
  await stripe.setupIntents.confirm(tried, { payment_method: 'pm_card_visa' });
  const subscribe = (more: Partial<Stripe.SubscriptionCreateParams> = {}) =>
    stripe.subscriptions.create({ customer, items: [{ price: monthly }], ...more });
  const active = await subscribe({ discounts: [{ coupon }] });
  const { id: second } = await stripe.subscriptionItems.create({ subscription: active.id, price: dearer });
  const trial = await subscribe({ trial_period_days: 14 });
  const classic = await subscribe({ billing_mode: { type: 'classic' }, discounts: [{ coupon }] });
  const invoiced = await stripe.subscriptions.create({
    customer: other,
    items: [{ price: monthly }],
    collection_method: 'send_invoice',
    days_until_due: 30,
  });
  const watched = await subscribe({ default_payment_method: card });
  await stripe.subscriptions.update(watched.id, { default_payment_method: ready });
  const { id: bea } = await stripe.customers.create({ payment_method: 'pm_card_visa' });
  const paused = await stripe.subscriptions.create({
    customer: bea,
    items: [{ price: monthly }],
    trial_period_days: 1,
    trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
  });
  clock.advanceMs(49 * HOUR_MS);
  await stripe.paymentMethods.attach('pm_card_visa', { customer: bea });
  await stripe.customers.update(bea, { source: 'tok_visa' });
  const scheduled = await subscribe();
  const schedule = await stripe.subscriptionSchedules.create({ from_subscription: scheduled.id });
  const future = await stripe.subscriptionSchedules.create({
    customer,
    start_date: at('2026-12-01'),
    phases: [{ items: [{ price: monthly }], duration: { interval: 'month', interval_count: 2 } }],
  });
  const itemOf = (invoice?: string) =>
    stripe.invoiceItems.create({ customer, amount: 1200, currency: 'usd', invoice });
  const draft = (await stripe.invoices.create({ customer })).id;
  await itemOf(draft);
  const open = (await stripe.invoices.create({ customer, auto_advance: false })).id;
  await itemOf(open);
  await stripe.invoices.finalizeInvoice(open);
  const settled = (await stripe.invoices.create({ customer })).id;
  await itemOf(settled);
  await itemOf(settled);
  await stripe.invoices.pay(settled);
  const settled2 = (await stripe.invoices.create({ customer })).id;
  await itemOf(settled2);
  await stripe.invoices.pay(settled2);
  const returned = (
    await stripe.refunds.create({
      payment_intent: (await stripe.invoices.retrieve(settled, { expand: ['payments'] })).payments!.data[0]!
        .payment.payment_intent as string,
      amount: 300,
    })
  ).id;
  const toPay = (await stripe.invoices.create({ customer, default_payment_method: ready })).id;
  await itemOf(toPay);
  await stripe.invoices.finalizeInvoice(toPay, { auto_advance: false });
  const sent = { collection_method: 'send_invoice', days_until_due: 30 } as const;
  const sending = (await stripe.invoices.create({ customer, ...sent })).id;
  const { id: invoiceItem } = await itemOf();
  const lines = (await stripe.invoices.retrieve(settled)).lines.data;
  const { id: note } = await stripe.creditNotes.create({ invoice: settled, amount: 100, refund_amount: 100 });
  await stripe.creditNotes.create({ invoice: settled, amount: 100, refund_amount: 100 });
  await stripe.taxIds.create({ type: 'gb_vat', value: 'GB123456789' });
  const { id: lined } = await stripe.creditNotes.create({
    invoice: settled2,
    lines: ['a', 'b'].map((description) => ({
      type: 'custom_line_item',
      description,
      quantity: 1,
      unit_amount: 100,
    })),
    refund_amount: 200,
  });
  const { id: taxId } = await stripe.taxIds.create({ type: 'eu_vat', value: 'DE123456789' });
  for (const value of ['DE123456789', 'DE123456788']) {
    await stripe.customers.createTaxId(customer, { type: 'eu_vat', value });
  }
  const adjustment = { amount: -50, currency: 'usd' };
  await stripe.customers.createBalanceTransaction(other, adjustment);
  await stripe.customers.createBalanceTransaction(other, adjustment);
  await stripe.checkout.sessions.create({
    mode: 'setup',
    currency: 'usd',
    success_url: 'https://shop.example/thanks',
  });
  const { id: session } = await stripe.checkout.sessions.create({
    mode: 'payment',
    customer,
    success_url: 'https://shop.example/thanks',
    line_items: [
      { price: once, quantity: 2 },
      { price: once, quantity: 1 },
    ],
  });
  const { id: plan } = await stripe.plans.create({
    currency: 'usd',
    interval: 'month',
    amount: 500,
    product,
  });
  const { id: token } = await stripe.tokens.create({
    card: { number: '4242424242424242', exp_month: '12', exp_year: '2030', cvc: '123' },
  });
  const event = (await stripe.events.list({ limit: 1 })).data[0]!.id;
  const now = Math.floor(clock.nowMs() / 1000);
  return {
    bench,
    sandbox,
    now,
    configuration,
    endpoint,
    clockId,
    other,
    clocked,
    customer,
    card,
    card2,
    secure,
    ready,
    withTrial,
    failing,
    source,
    loose,
    account,
    product,
    product2,
    monthly,
    dearer,
    yearly,
    once,
    coupon,
    code,
    blank,
    intent,
    held,
    paid,
    charge,
    plainCharge,
    heldCharge,
    dispute,
    refund,
    transfer,
    setup,
    openSetup,
    active: active.id,
    item: active.items.data[0]!.id,
    second,
    classicItem: classic.items.data[0]!.id,
    automaticSetup,
    lined,
    named,
    phaseStart: schedule.phases[0]!.start_date,
    bea,
    source2,
    endpoint2,
    dearest,
    once2,
    paid2,
    refund2,
    debit,
    debitSetup,
    invoiced: invoiced.id,
    watched: watched.id,
    watchedItem: watched.items.data[0]!.id,
    settled2,
    returned,
    toPay,
    line2: lines[1]!.id,
    tried,
    fixed,
    discount: (active.discounts as string[])[0]!,
    secret: (await stripe.paymentIntents.retrieve(intent)).client_secret!,
    setupSecret: (await stripe.setupIntents.retrieve(setup)).client_secret!,
    mandate,
    trial: trial.id,
    classic: classic.id,
    paused: paused.id,
    schedule: schedule.id,
    future: future.id,
    draft,
    open,
    settled,
    sending,
    line: lines[0]!.id,
    invoiceItem,
    note,
    taxId,
    session,
    plan,
    token,
    event,
  };
}

export type World = Awaited<ReturnType<typeof fillWorld>>;
