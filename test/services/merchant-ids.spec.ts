import { describe, expect } from 'vitest';
import { paydeskTest } from '../support/paydesk-test.js';
import { someUser } from '../support/saved-card.js';
import { redirects } from '../support/hosted-page.js';

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

  it('escapes an id in the path of a call to Stripe', async ({ paydesk, shop }) => {
    const path = `/customers/${someUser()}`;
    const answer = await shop.put(path, { stripeCustomerId: '../products/tshirt-1?x=1' });
    expect(answer).toMatchObject({ status: 404, body: { errors: [{ field: 'stripeCustomerId' }] } });
    expect(paydesk.stripeCalls).toContain('GET /v1/customers/..%2Fproducts%2Ftshirt-1%3Fx%3D1');
  });
});
