import { describe, expect, it } from 'vitest';
import {
  requestedMinorOf,
  type ExistingRefund,
  refundableMinor,
  refundResult,
  type RefundablePayment,
  takenByOthers,
} from './refund.js';

function payment(...refunds: ExistingRefund[]): RefundablePayment {
  return { chargeId: 'ch_1', currency: 'usd', capturedMinor: 2000, refunds };
}

const NOTHING = { elsewhereMinor: 0, reservedMinor: 0 };

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

describe('requestedMinorOf', () => {
  it("is what is asked for, in the payment's currency", () => {
    expect(requestedMinorOf(payment(), { paymentId: 'pi_1', amount: { decimal: '15.00' } })).toBe(1500);
    expect(
      requestedMinorOf({ ...payment(), currency: 'jpy' }, { paymentId: 'pi_1', amount: { decimal: '500' } }),
    ).toBe(500);
    expect(requestedMinorOf(payment(), { paymentId: 'pi_1' })).toBeUndefined();
  });

  it.each([
    ['more decimals than its currency has', 'jpy', '5.00'],
    ['fewer decimals than its currency has', 'usd', '5.0'],
    ['nothing', 'usd', '0.00'],
  ] as const)('refuses %s', (_what, currency, amount) => {
    expect(() =>
      requestedMinorOf({ ...payment(), currency }, { paymentId: 'pi_1', amount: { decimal: amount } }),
    ).toThrow(
      expect.objectContaining({
        slug: 'invalid-request',
        extras: { errors: [expect.objectContaining({ field: 'amount' })] },
      }),
    );
  });
});

describe('takenByOthers', () => {
  const made = (operationId?: string): ExistingRefund => ({
    result: 'OK',
    amountMinor: 300,
    operationId,
    paymentIntentId: 'pi_1',
  });

  it('counts a refund of ours once: by its reservation', () => {
    const reservations = [{ operationId: 'a', amountMinor: 300 }];
    expect(takenByOthers(payment(made('a')), reservations, 'mine')).toEqual({
      elsewhereMinor: 0,
      reservedMinor: 300,
    });
  });

  it('counts what is made without a reservation, unless it failed', () => {
    const failed: ExistingRefund = {
      result: 'KO',
      amountMinor: 900,
      operationId: undefined,
      paymentIntentId: 'pi_1',
    };
    const pending: ExistingRefund = {
      result: 'PENDING',
      amountMinor: 50,
      operationId: undefined,
      paymentIntentId: 'pi_1',
    };
    expect(takenByOthers(payment(made(), made('forgotten'), pending, failed), [], 'mine')).toEqual({
      elsewhereMinor: 650,
      reservedMinor: 0,
    });
  });

  it('leaves out what the operation itself has taken', () => {
    expect(takenByOthers(payment(made('mine')), [], 'mine')).toEqual(NOTHING);
  });
});

describe('refundableMinor', () => {
  it('is all that is left when nothing is asked for', () => {
    expect(refundableMinor(payment(), NOTHING, undefined)).toBe(2000);
    expect(refundableMinor(payment(), { elsewhereMinor: 1000, reservedMinor: 999 }, undefined)).toBe(1);
  });

  it('is what is asked for, up to what is left', () => {
    expect(refundableMinor(payment(), { elsewhereMinor: 300, reservedMinor: 200 }, 1500)).toBe(1500);
  });

  it.each([
    ['more than is left', payment(), 1501],
    ['what is left of nothing', { ...payment(), capturedMinor: 500 }, undefined],
    ['what is over already', { ...payment(), capturedMinor: 400 }, 1],
  ])('refuses %s', (_what, refunded, asked) => {
    expect(() => refundableMinor(refunded, { elsewhereMinor: 300, reservedMinor: 200 }, asked)).toThrow(
      expect.objectContaining({ slug: 'refund-not-possible' }),
    );
  });
});
