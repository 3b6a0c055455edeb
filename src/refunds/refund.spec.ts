import { describe, expect, it } from 'vitest';
import { refundAmountMinor, refundResult, type RefundablePayment } from './refund.js';

function payment(paidMinor: number, refundedMinor = 0): RefundablePayment {
  return { chargeId: 'ch_1', currency: 'usd', paidMinor, refundedMinor };
}

describe('refundResult', () => {
  it.each([
    ['succeeded', 'OK'],
    ['pending', 'PENDING'],
    ['requires_action', 'PENDING'],
    ['failed', 'KO'],
    ['canceled', 'KO'],
    [null, 'PENDING'],
    ['a status of later', 'PENDING'],
  ] as const)('takes %s for %s', (status, result) => {
    expect(refundResult(status)).toBe(result);
  });
});

describe('refundAmountMinor', () => {
  it('is all that is left when no amount is given', () => {
    expect(refundAmountMinor(payment(2000), undefined)).toBe(2000);
    expect(refundAmountMinor(payment(2000, 1999), undefined)).toBe(1);
  });

  it('is what is asked for', () => {
    expect(refundAmountMinor(payment(2000, 500), '15.00')).toBe(1500);
    expect(refundAmountMinor({ ...payment(2000), currency: 'jpy' }, '500')).toBe(500);
  });

  it('leaves an amount over what is left to Stripe', () => {
    expect(refundAmountMinor(payment(2000, 2000), '20.01')).toBe(2001);
  });

  it.each([
    ['an unpaid payment', payment(0), undefined],
    ['an unpaid payment in part', payment(0), '1.00'],
    ['what is refunded already', payment(2000, 2000), undefined],
  ])('does not give back %s', (_what, refunded, amount) => {
    expect(() => refundAmountMinor(refunded, amount)).toThrow(
      expect.objectContaining({ slug: 'refund-not-possible' }),
    );
  });

  it.each([
    ['more decimals than its currency has', 'jpy', '5.00'],
    ['fewer decimals than its currency has', 'usd', '5.0'],
    ['nothing', 'usd', '0.00'],
  ] as const)('refuses %s', (_what, currency, amount) => {
    expect(() => refundAmountMinor({ ...payment(2000), currency }, amount)).toThrow(
      expect.objectContaining({
        slug: 'invalid-request',
        extras: { errors: [expect.objectContaining({ field: 'amount' })] },
      }),
    );
  });
});
