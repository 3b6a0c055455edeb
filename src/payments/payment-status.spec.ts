import { describe, expect, it } from 'vitest';
import { paymentStatus } from './payment-status.js';

describe('paymentStatus', () => {
  it.each([
    ['open', false, 'PENDING'],
    ['complete', true, 'ACCEPTED'],
    ['complete', false, 'PENDING'],
    ['expired', false, 'FAILED'],
    [null, false, 'PENDING'],
  ] as const)('of a checkout that is %s, paid: %s', (status, paid, expected) => {
    expect(paymentStatus({ kind: 'checkout', status, paid })).toBe(expected);
  });

  it.each([
    ['requires_payment_method', 'PENDING'],
    ['requires_confirmation', 'PENDING'],
    ['requires_action', 'PENDING'],
    ['processing', 'PENDING'],
    ['requires_capture', 'PENDING'],
    ['canceled', 'FAILED'],
    ['succeeded', 'ACCEPTED'],
  ] as const)('of a PaymentIntent that is %s', (status, expected) => {
    expect(paymentStatus({ kind: 'paymentIntent', status, declined: false, checkoutOpen: false })).toBe(
      expected,
    );
  });

  it('has failed once the card was declined and its holder is not there to give another', () => {
    const declined = { kind: 'paymentIntent', status: 'requires_payment_method', declined: true } as const;
    expect(paymentStatus({ ...declined, checkoutOpen: false })).toBe('FAILED');
    expect(paymentStatus({ ...declined, checkoutOpen: true })).toBe('PENDING');
  });

  it('forgets a decline that was followed by another attempt', () => {
    const retried = { kind: 'paymentIntent', declined: true, checkoutOpen: false } as const;
    expect(paymentStatus({ ...retried, status: 'processing' })).toBe('PENDING');
    expect(paymentStatus({ ...retried, status: 'succeeded' })).toBe('ACCEPTED');
  });

  it.each([
    ['charge', 'succeeded', 'ACCEPTED'],
    ['charge', 'pending', 'PENDING'],
    ['charge', 'failed', 'FAILED'],
    ['invoice', 'draft', 'PENDING'],
    ['invoice', 'open', 'PENDING'],
    ['invoice', 'paid', 'ACCEPTED'],
    ['invoice', 'void', 'FAILED'],
    ['invoice', 'uncollectible', 'FAILED'],
    ['invoice', null, 'PENDING'],
    ['subscription', 'incomplete', 'PENDING'],
    ['subscription', 'past_due', 'PENDING'],
    ['subscription', 'paused', 'PENDING'],
    ['subscription', 'active', 'ACCEPTED'],
    ['subscription', 'trialing', 'ACCEPTED'],
    ['subscription', 'canceled', 'FAILED'],
    ['subscription', 'incomplete_expired', 'FAILED'],
    ['subscription', 'unpaid', 'FAILED'],
    ['subscription', 'a status of later', 'PENDING'],
  ] as const)('of a %s that is %s', (kind, status, expected) => {
    expect(paymentStatus({ kind, status })).toBe(expected);
  });
});
