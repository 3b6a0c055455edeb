import { describe, expect } from 'vitest';
import { paydeskTest } from '../support/paydesk-test.js';
import { someUser } from '../support/saved-card.js';
import { redirects } from '../support/hosted-page.js';

const it = paydeskTest()
  .extend('pay', ({ paydesk, shop }) => async (body: object, headers: Record<string, string> = {}) => {
    const answer = await shop.post('/pay', { ...redirects, ...body }, headers);
    expect(answer.body).toMatchObject({ result: 'REDIRECT_TO_URL' });
    expect(answer.status).toBe(201);
    const session = await paydesk.stripe.checkout.sessions.retrieve(answer.body.paymentID, {
      expand: ['line_items'],
    });
    return { answer, session };
  })
  .extend('payRecurrent', ({ paydesk, shop }) => async (body: object) => {
    const answer = await shop.post('/pay/recurrent', { ...redirects, ...body });
    expect(answer.body).toMatchObject({ result: 'REDIRECT_TO_URL' });
    expect(answer.status).toBe(201);
    return paydesk.stripe.checkout.sessions.retrieve(answer.body.paymentID, { expand: ['line_items'] });
  });

describe('POST /pay', () => {
  it('opens a Checkout page for an amount', async ({ pay }) => {
    const { answer, session } = await pay({ amount: '5.00' });
    expect(answer.body).toEqual({
      result: 'REDIRECT_TO_URL',
      resultDescription: 'Redirect the customer to redirectToUrl, where the payment is made.',
      paymentID: session.id,
      redirectToUrl: session.url,
    });
    expect(session).toMatchObject({
      mode: 'payment',
      status: 'open',
      amount_total: 500,
      currency: 'usd',
      success_url: redirects.successRedirect,
      cancel_url: redirects.failureRedirect,
      allowed_payment_method_types: ['card'],
      client_reference_id: null,
      customer: null,
    });
    expect(session.line_items?.data).toMatchObject([
      { description: 'Payment', quantity: 1, amount_total: 500 },
    ]);
  });

  it.for([
    ['500', 'jpy', 500],
    ['5.120', 'kwd', 5120],
    ['5', 'isk', 500],
    ['5', 'eur', 500],
    ['5.00', 'xcg', 500],
  ] as const)('takes %s in %s', async ([amount, currency, amountMinor], { pay }) => {
    const { session } = await pay({ amount, currency });
    expect(session).toMatchObject({ amount_total: amountMinor, currency });
  });

  it('sells the three kinds of product at once', async ({ paydesk, pay }) => {
    const product = await paydesk.stripe.products.create({ name: 'Biscuits' });
    const price = await paydesk.stripe.prices.create({
      currency: 'usd',
      unit_amount: 1250,
      product_data: { name: 'Cake' },
    });
    const { session } = await pay({
      products: [
        { quantity: 1, priceId: price.id },
        { quantity: 2, unitAmount: '1.00', productId: product.id },
        { quantity: 3, unitAmount: '2', productName: 'Tea' },
      ],
    });
    expect(session).toMatchObject({ amount_total: 1250 + 200 + 600, currency: 'usd' });
    expect(session.line_items?.data).toMatchObject([
      { description: 'Cake', quantity: 1, amount_total: 1250, price: { id: price.id } },
      { description: 'Biscuits', quantity: 2, amount_total: 200, price: { product: product.id } },
      { description: 'Tea', quantity: 3, amount_total: 600 },
    ]);
  });

  it('uses the currency of the Prices if all products are Prices', async ({ paydesk, pay }) => {
    const price = await paydesk.stripe.prices.create({
      currency: 'eur',
      unit_amount: 900,
      product_data: { name: 'Cake' },
    });
    const { session } = await pay({ products: [{ quantity: 2, priceId: price.id }] });
    expect(session).toMatchObject({ amount_total: 1800, currency: 'eur' });
  });

  it("stores the caller's id and description with the payment", async ({ shop, pay }) => {
    const { answer, session } = await pay({
      amount: '5.00',
      description: 'Wellness exam',
      shopTransactionID: 'order-1234',
      successRedirect: 'https://example.com/ok?session={CHECKOUT_SESSION_ID}',
    });
    expect(session).toMatchObject({
      client_reference_id: 'order-1234',
      success_url: 'https://example.com/ok?session={CHECKOUT_SESSION_ID}',
    });
    expect(session.line_items?.data).toMatchObject([{ description: 'Wellness exam' }]);
    const { body } = await shop.get(`/status?paymentID=${answer.body.paymentID}`);
    expect(body).toEqual({
      paymentID: answer.body.paymentID,
      shopTransactionID: 'order-1234',
      status: 'PENDING',
      amount: '5.00',
      amountRefunded: '0.00',
      currency: 'usd',
      subscriptionID: null,
      subscriptionStatus: null,
      providerName: 'stripe',
    });
  });

  it('belongs to the given user in the given tenant', async ({ shop, pay }) => {
    const userId = someUser();
    const ofUser = await pay({ amount: '5.00', userId });
    const ofPartner = await pay({ amount: '5.00', userId, tenant: 'acme' });
    const signedIn = await shop.get(`/customers/${userId}`);
    const partners = await shop.get(`/customers/${userId}?tenant=acme`);
    expect(ofUser.session.customer).toBe(signedIn.body.stripeCustomerId);
    expect(ofPartner.session.customer).toBe(partners.body.stripeCustomerId);
    expect(ofUser.session.customer).not.toBe(ofPartner.session.customer);
  });

  it('names a Product that Stripe does not know', async ({ shop }) => {
    const { status, body } = await shop.post('/pay', {
      ...redirects,
      products: [
        { quantity: 1, unitAmount: '2.00', productName: 'Tea' },
        { quantity: 1, unitAmount: '2.00', productId: 'prod_unknown' },
      ],
    });
    expect({ status, errors: body.errors }).toEqual({
      status: 404,
      errors: [{ field: 'products[1].productId', message: 'no such object' }],
    });
  });

  it('opens one page for repeated requests under one key', async ({ paydesk, shop, pay }) => {
    const headers = { 'idempotency-key': 'order-77' };
    const { answer } = await pay({ amount: '5.00' }, headers);
    const callsBefore = paydesk.stripeCalls.length;
    const again = await shop.post('/pay', { ...redirects, amount: '5.00' }, headers);
    expect(again).toMatchObject({ status: 201, body: answer.body });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(paydesk.stripeCalls.slice(callsBefore)).toEqual([]);
    const other = await shop.post('/pay', { ...redirects, amount: '6.00' }, headers);
    expect(other).toMatchObject({ status: 422, body: { type: 'urn:paydesk:idempotency-key-reused' } });
  });
});

describe('POST /pay/recurrent', () => {
  it('opens a Checkout page for an amount every ten days', async ({ payRecurrent }) => {
    const session = await payRecurrent({ amount: '5.00', interval: 'day', intervalCount: 10 });
    expect(session).toMatchObject({
      mode: 'subscription',
      status: 'open',
      amount_total: 500,
      subscription: null,
    });
    expect(session.line_items?.data).toMatchObject([
      { price: { unit_amount: 500, recurring: { interval: 'day', interval_count: 10 } } },
    ]);
  });

  it('sells the three kinds of product with the same billing period', async ({ paydesk, payRecurrent }) => {
    const product = await paydesk.stripe.products.create({ name: 'Postage' });
    const price = await paydesk.stripe.prices.create({
      currency: 'usd',
      unit_amount: 1000,
      recurring: { interval: 'month' },
      product_data: { name: 'Box' },
    });
    const session = await payRecurrent({
      shopTransactionID: 'order-5',
      products: [
        { unitAmount: '7.50', quantity: 1, productName: 'Magazine', interval: 'month', intervalCount: 1 },
        { unitAmount: '7.50', quantity: 2, productId: product.id, interval: 'month' },
        { quantity: 1, priceId: price.id },
      ],
    });
    expect(session).toMatchObject({
      mode: 'subscription',
      amount_total: 3250,
      client_reference_id: 'order-5',
    });
    const recurring = { interval: 'month', interval_count: 1 };
    expect(session.line_items?.data).toMatchObject([
      { price: { recurring } },
      { price: { recurring } },
      { price: { recurring } },
    ]);
  });
});
