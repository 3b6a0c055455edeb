import { expect, it } from 'vitest';
import { callbackOf } from './payment-callback.js';

it.for([
  ['card', 'CREDITCARD'],
  ['sepa_debit', 'SEPA_DEBIT'],
  [null, 'CREDITCARD'],
] as const)('a payment by %s has the payment type %s', ([methodType, paymentType]) => {
  const payment = { shopTransactionId: null, methodType };
  expect(callbackOf('payment.succeeded', payment, 'cs_1')).toMatchObject({ paymentType });
});

it('there is a callback for a final outcome only', () => {
  const payment = { shopTransactionId: null, methodType: 'card' };
  expect(callbackOf('payment.processing', payment, 'cs_1')).toBeUndefined();
});
