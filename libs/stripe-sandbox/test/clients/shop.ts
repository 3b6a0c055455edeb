import type Stripe from 'stripe';

const automatic_payment_methods = { enabled: true, allow_redirects: 'never' as const };

/** Objects of each kind that a synchronization copies. */
export async function openShop(stripe: Stripe) {
  const { id: customer } = await stripe.customers.create({ email: 'ada@example.com', name: 'Ada' });
  const { id: card } = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: card } });
  const product = await stripe.products.create({ name: 'Club' });
  const price = await stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 1000,
    recurring: { interval: 'month' },
  });
  const { id: coupon } = await stripe.coupons.create({ percent_off: 10 });
  const subscribe = (params: Partial<Stripe.SubscriptionCreateParams> = {}) =>
    stripe.subscriptions.create({ customer, items: [{ price: price.id }], ...params });
  await subscribe({ discounts: [{ coupon }] });
  const trial = await subscribe({ trial_period_days: 7 });
  await stripe.subscriptionSchedules.create({ from_subscription: trial.id });
  const pay = (payment_method: string, amount = 2500) =>
    stripe.paymentIntents.create({
      amount,
      currency: 'usd',
      customer,
      payment_method,
      confirm: true,
      automatic_payment_methods,
    });
  const payment = await pay('pm_card_visa');
  await stripe.refunds.create({ payment_intent: payment.id, amount: 500 });
  await pay('pm_card_createDispute');
  await pay('pm_card_chargeDeclined').catch(() => undefined);
  await stripe.setupIntents.create({
    customer,
    payment_method: card,
    confirm: true,
    automatic_payment_methods,
  });
  await stripe.invoiceItems.create({ customer, amount: 700, currency: 'usd' });
  const draft = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' });
  const invoice = await stripe.invoices.pay(draft.id);
  await stripe.creditNotes.create({ invoice: invoice.id, amount: 200, refund_amount: 200 });
  await stripe.customers.createTaxId(customer, { type: 'eu_vat', value: 'DE123456789' });
  const session = await stripe.checkout.sessions.create({
    customer,
    mode: 'subscription',
    line_items: [{ price: price.id, quantity: 1 }],
    success_url: 'https://shop.example/done',
  });
  const body = new URLSearchParams({ number: '4242424242424242' });
  await fetch(session.url!, { method: 'POST', body, redirect: 'manual' });
  return { customer, product, price, subscribe, pay };
}
