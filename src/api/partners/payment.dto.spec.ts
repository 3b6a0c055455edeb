import { describe, expect, it } from 'vitest';
import type { Payment, PaymentIntentStatus } from '../../charges/payment.js';
import { PaymentResponse } from './payment.dto.js';

const payment: Payment = {
  id: 'pi_1',
  createdAt: new Date('2026-11-22T23:59:59Z'),
  description: 'Wellness exam',
  amountMinor: 20_000,
  currency: 'usd',
  status: 'succeeded',
};

describe('PaymentResponse', () => {
  // https://docs.stripe.com/payments/paymentintents/lifecycle, in the words of the partners' contract.
  it.each<[PaymentIntentStatus, string]>([
    ['requires_payment_method', 'requires payment method'],
    ['requires_confirmation', 'requires confirmation'],
    ['requires_action', 'requires action'],
    ['processing', 'pending'],
    ['requires_capture', 'pending'],
    ['canceled', 'cancelled'],
    ['succeeded', 'complete'],
  ])('tells %s as "%s"', (status, word) => {
    expect(PaymentResponse.of({ ...payment, status }).status).toBe(word);
  });

  it('writes the amount as digits and the date as a day in UTC', () => {
    expect(PaymentResponse.of(payment)).toMatchObject({ amount: '20000', date: '2026-11-22' });
  });
});
