const redirects = {
  successRedirect: 'https://example.com/ok',
  failureRedirect: 'https://example.com/ko',
};

/** Bodies of `/pay` that work as they are, for the docs. */
export const PAY_EXAMPLES = {
  amount: { summary: 'A simple amount', value: { ...redirects, amount: '5.00' } },
  products: {
    summary: 'A list of products',
    value: {
      ...redirects,
      shopTransactionID: 'order-1234',
      products: [
        { quantity: 2, unitAmount: '1.00', productName: 'Tea' },
        { quantity: 1, unitAmount: '2.00', productName: 'Cake' },
      ],
    },
  },
};

/** Bodies of `/pay/recurrent` that work as they are, for the docs. */
export const PAY_RECURRENT_EXAMPLES = {
  amount: {
    summary: 'A simple amount, every ten days',
    value: { ...redirects, amount: '5.00', interval: 'day', intervalCount: 10 },
  },
  products: {
    summary: 'Products, every month',
    value: {
      ...redirects,
      products: [
        { unitAmount: '7.50', quantity: 1, productName: 'Magazine', interval: 'month', intervalCount: 1 },
        { unitAmount: '2.50', quantity: 2, productName: 'Postage', interval: 'month' },
      ],
    },
  },
};

/** Bodies of `PUT /customers/:user_id`, for the docs; the first works as it is. */
export const CUSTOMER_EXAMPLES = {
  describe: {
    summary: 'Say who the user is',
    value: { email: 'jenny@example.com', name: 'Jenny Rosen', metadata: { segment: 'gold' } },
  },
  link: { summary: 'Link an existing Stripe customer', value: { stripeCustomerId: 'cus_TUvWxYz0123456' } },
};
