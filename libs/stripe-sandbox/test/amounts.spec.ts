import { expect } from 'vitest';
import { failureOf, test } from './support.js';

// https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
test.for([
  [49, 'usd', 'amount_too_small', 'Amount must be at least $0.50 usd'],
  [29, 'gbp', 'amount_too_small', 'Amount must be at least £0.30 gbp'],
  [49, 'jpy', 'amount_too_small', 'Amount must be at least ¥50 jpy'],
  [100_000_000, 'usd', 'amount_too_large', 'Amount must be no more than $999,999.99 usd'],
  [0, 'usd', 'parameter_invalid_integer', expect.stringContaining('minimum charge amount allowed')],
] as const)('%d %s is refused', async ([amount, currency, code, message], { stripe }) => {
  const failure = await failureOf(stripe.paymentIntents.create({ amount, currency }));
  expect(failure).toMatchObject({ statusCode: 400, code, param: 'amount', message });
});

test('refuses an unknown currency, and accepts upper case', async ({ stripe }) => {
  const failure = await failureOf(stripe.paymentIntents.create({ amount: 1000, currency: 'xxx' }));
  expect(failure).toMatchObject({
    statusCode: 400,
    param: 'currency',
    message: expect.stringMatching(
      /^Invalid currency: xxx\. Stripe currently supports these currencies: usd, aed/,
    ),
  });
  expect((await stripe.paymentIntents.create({ amount: 1000, currency: 'EUR' })).currency).toBe('eur');
});
