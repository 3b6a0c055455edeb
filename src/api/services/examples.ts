/** The id of a payment in the examples. */
export const EXAMPLE_PAYMENT_ID = 'cs_test_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V2w3X4y5Z6';
export const EXAMPLE_SUBSCRIPTION_ID = 'sub_1TUvWxABCDEFGHIJKLMNOPQR';
export const EXAMPLE_PRICE_ID = 'price_1TUvWxABCDEFGHIJKLMNOPQR';
export const EXAMPLE_PRODUCT_ID = 'prod_TUvWxYz0123456';
export const EXAMPLE_CUSTOMER_ID = 'cus_TUvWxYz0123456';
export const EXAMPLE_DISPUTE_ID = 'du_1TUvWxABCDEFGHIJKLMNOPQR';

const redirects = {
  successRedirect: 'https://example.com/ok',
  failureRedirect: 'https://example.com/ko',
};

/** Examples of `/pay` for the OpenAPI document; they work as they are. */
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
  existing: {
    summary: 'Products and Prices that exist at Stripe',
    value: {
      ...redirects,
      products: [
        { quantity: 1, priceId: EXAMPLE_PRICE_ID },
        { quantity: 2, unitAmount: '1.00', productId: EXAMPLE_PRODUCT_ID },
      ],
    },
  },
};

/** Examples of `/pay/recurrent` for the OpenAPI document; they work as they are. */
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

/** Examples of `PUT /customers/:user_id` for the OpenAPI document; the first works as it is. */
export const CUSTOMER_EXAMPLES = {
  describe: {
    summary: "Set the customer's details",
    value: {
      email: 'jenny@example.com',
      name: 'Jenny Rosen',
      address: { line1: '354 Oyster Point Blvd', city: 'San Francisco', postalCode: '94080', country: 'US' },
      taxId: { type: 'us_ein', value: '12-3456789' },
      metadata: { segment: 'gold' },
    },
  },
  link: { summary: 'Link an existing Stripe customer', value: { stripeCustomerId: EXAMPLE_CUSTOMER_ID } },
};

/** Examples of `/pay/expire` for the OpenAPI document. */
export const EXPIRE_EXAMPLES = {
  payment: { summary: 'A payment that was started by /pay', value: { paymentID: EXAMPLE_PAYMENT_ID } },
};

/** Examples of `/pay/recurrent/expire` for the OpenAPI document. */
export const CANCEL_EXAMPLES = {
  atDay: {
    summary: 'At the end of a day',
    value: { paymentID: EXAMPLE_PAYMENT_ID, cancelType: 'atDay', cancelTime: '31/12/2030' },
  },
  endOfPeriod: {
    summary: 'At the end of the billing period',
    value: { paymentID: EXAMPLE_PAYMENT_ID, cancelType: 'endOfPeriod' },
  },
  now: { summary: 'Immediately', value: { paymentID: EXAMPLE_PAYMENT_ID, cancelType: 'now' } },
};

/** Examples of `/pay/recurrent/change` and its preview for the OpenAPI document. */
export const CHANGE_EXAMPLES = {
  now: {
    summary: 'At once, and invoiced at once',
    value: {
      paymentID: EXAMPLE_PAYMENT_ID,
      products: [{ priceId: EXAMPLE_PRICE_ID, quantity: 1 }],
      proration: 'now',
      at: 'now',
    },
  },
  endOfPeriod: {
    summary: 'With the next renewal',
    value: {
      paymentID: EXAMPLE_PAYMENT_ID,
      products: [{ priceId: EXAMPLE_PRICE_ID, quantity: 2 }],
      proration: 'none',
      at: 'endOfPeriod',
    },
  },
};

/** Examples of `/pay/recurrent/resume`, `/pause` and `/unpause` for the OpenAPI document. */
export const SUBSCRIPTION_EXAMPLES = {
  subscription: {
    summary: 'A subscription that was started by /pay/recurrent',
    value: { paymentID: EXAMPLE_PAYMENT_ID },
  },
};

/** Examples of `/pay/confirm` for the OpenAPI document. */
export const CONFIRM_EXAMPLES = {
  part: {
    summary: 'A part of it; the rest is released',
    value: { paymentID: EXAMPLE_PAYMENT_ID, amount: '4.00' },
  },
  all: { summary: 'All that is authorized', value: { paymentID: EXAMPLE_PAYMENT_ID } },
};

/** Examples of `/pay/void` for the OpenAPI document. */
export const VOID_EXAMPLES = {
  all: { summary: 'An authorized payment', value: { paymentID: EXAMPLE_PAYMENT_ID } },
};

/** Examples of `/refund` for the OpenAPI document. */
export const REFUND_EXAMPLES = {
  part: { summary: 'A partial refund', value: { paymentID: EXAMPLE_PAYMENT_ID, amount: '1.00' } },
  all: { summary: 'A full refund', value: { paymentID: EXAMPLE_PAYMENT_ID } },
};

/** Examples of `/portal` for the OpenAPI document. */
export const PORTAL_EXAMPLES = {
  page: {
    summary: 'A page to manage cards and plans',
    value: { userId: 'user-42', returnUrl: 'https://example.com/account' },
  },
  card: {
    summary: "Replace the default card of a partner's user",
    value: {
      userId: 'user-42',
      tenant: 'clinic',
      returnUrl: 'https://example.com/account',
      flow: 'payment-method',
    },
  },
};

/** Examples of `/disputes/:id/evidence` for the OpenAPI document. */
export const EVIDENCE_EXAMPLES = {
  keep: {
    summary: 'Keep some evidence at Stripe',
    value: { product_description: 'Wellness exam', service_date: '2026-11-20' },
  },
  submit: {
    summary: 'Send all of it to the bank',
    value: { uncategorized_text: 'The customer came to the appointment and signed for it.', submit: true },
  },
};
