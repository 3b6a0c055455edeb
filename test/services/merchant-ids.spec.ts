import { describe, expect } from 'vitest';
import { redirects } from '../support/hosted-page.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { saveCard, someUser } from '../support/saved-card.js';

const it = paydeskTest();
/** https://docs.stripe.com/api/products/create#create_product-id: the merchant may choose the id. */
describe('ids that the merchant chose', () => {
  it.for(['tshirt-1', 'product-id', 'T-shirt, größe 1'])(
    'sells the Product %s',
    async (id, { paydesk, shop }) => {
      await paydesk.stripe.products.create({ id, name: 'T-shirt' });
      const products = [{ quantity: 2, unitAmount: '1.00', productId: id }];
      const { status, body } = await shop.post('/pay', { ...redirects, products });
      expect(status).toBe(201);
      const { data } = await paydesk.stripe.checkout.sessions.listLineItems(body.paymentID);
      expect(data).toMatchObject([{ quantity: 2, price: { product: id, unit_amount: 100 } }]);
    },
  );

  it.for<[string, object]>([
    ['productId', { quantity: 1, unitAmount: '1.00', productId: 'no-such-product' }],
    ['priceId', { quantity: 1, priceId: 'plan_old' }],
    ['priceId', { quantity: 1, priceId: '../customers/cus_1?x=1' }],
  ])('lets Stripe decide whether a %s exists', async ([field, product], { shop }) => {
    const answer = await shop.post('/pay', { ...redirects, products: [product] });
    expect(answer).toMatchObject({
      status: 404,
      body: { errors: [{ field: `products[0].${field}`, message: 'no such object' }] },
    });
  });

  it('sells an old plan', async ({ paydesk, shop }) => {
    const { id: product } = await paydesk.stripe.products.create({ name: 'Club' });
    const plan = await paydesk.stripe.plans.create({
      product,
      currency: 'usd',
      interval: 'month',
      amount: 900,
    });
    expect(plan.id).toMatch(/^plan_/);
    const products = [{ quantity: 1, priceId: plan.id }];
    const { status, body } = await shop.post('/pay/recurrent', { ...redirects, products });
    expect(status).toBe(201);
    expect(await paydesk.stripe.checkout.sessions.retrieve(body.paymentID)).toMatchObject({
      amount_total: 900,
    });
  });

  it('links an imported customer, which may pay and save cards', async ({ paydesk, partner, shop }) => {
    const [user, id] = [someUser(), `imported/${someUser()}`];
    await paydesk.stripe.customers.create({ id } as object);
    const path = `/customers/${user}?tenant=acme`;
    expect((await shop.put(path, { stripeCustomerId: id })).status).toBe(200);
    expect((await shop.put(path, { name: 'Ada' })).body).toMatchObject({ stripeCustomerId: id, name: 'Ada' });
    const card = await saveCard(paydesk, partner, user);
    const charge = { amount: '3000', description: 'Wellness exam', stripe_payment_method_id: card };
    expect((await partner.post(`/partners/user/${user}/payment_intent`, charge)).status).toBe(201);
    expect((await partner.get(`/partners/user/${user}/payments`)).body).toHaveLength(1);
  });

  it('escapes an id in the path of a call to Stripe', async ({ paydesk, shop }) => {
    const path = `/customers/${someUser()}`;
    const answer = await shop.put(path, { stripeCustomerId: '../products/tshirt-1?x=1' });
    expect(answer).toMatchObject({ status: 404, body: { errors: [{ field: 'stripeCustomerId' }] } });
    expect(paydesk.stripeCalls).toContain('GET /v1/customers/..%2Fproducts%2Ftshirt-1%3Fx%3D1');
  });
});
