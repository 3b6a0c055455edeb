import { describe, expect, it } from 'vitest';
import { statusOf } from './payment.js';
import { snapshotOfIntent, snapshotOfSession } from './payment-snapshot.stripe.js';

type Intent = Parameters<typeof snapshotOfIntent>[0];
type Session = Parameters<typeof snapshotOfSession>[0];

/** A PaymentIntent that differs from a new one in its status only. */
function intent(status: string, isDeclined = false): Intent {
  return {
    id: 'pi_1',
    status,
    created: 0,
    metadata: {},
    last_payment_error: isDeclined ? { type: 'card_error' } : null,
    latest_charge: null,
  } as unknown as Intent;
}

function session(status: string | null, paymentStatus = 'unpaid'): Session {
  return { id: 'cs_1', status, payment_status: paymentStatus, created: 0 } as Session;
}

describe('the status of a Checkout Session', () => {
  it.each([
    ['open', 'unpaid', 'PENDING'],
    ['complete', 'paid', 'ACCEPTED'],
    ['complete', 'no_payment_required', 'ACCEPTED'],
    ['complete', 'unpaid', 'PENDING'],
    ['expired', 'unpaid', 'FAILED'],
    [null, 'unpaid', 'PENDING'],
  ] as const)('that is %s and %s', (status, paymentStatus, expected) => {
    expect(statusOf(snapshotOfSession(session(status, paymentStatus)).stage)).toBe(expected);
  });
});

describe('the status of a PaymentIntent', () => {
  it.each([
    ['requires_payment_method', 'PENDING'],
    ['requires_confirmation', 'PENDING'],
    ['requires_action', 'PENDING'],
    ['processing', 'PENDING'],
    ['requires_capture', 'PENDING'],
    ['canceled', 'FAILED'],
    ['succeeded', 'ACCEPTED'],
  ] as const)('that is %s', (status, expected) => {
    expect(statusOf(snapshotOfIntent(intent(status)).stage)).toBe(expected);
  });

  it('has failed once the card was declined and its holder is not there to give another', () => {
    const declined = intent('requires_payment_method', true);
    expect(snapshotOfIntent(declined).stage).toBe('failed');
    expect(snapshotOfIntent(declined, { session: session('complete') }).stage).toBe('failed');
    expect(snapshotOfIntent(declined, { session: session('open') }).stage).toBe('open');
  });

  it('forgets a decline that was followed by another attempt', () => {
    expect(snapshotOfIntent(intent('processing', true)).stage).toBe('processing');
    expect(snapshotOfIntent(intent('succeeded', true)).stage).toBe('succeeded');
  });
});

it('the payment method of a payment is that of its Charge, or of a decline without one', () => {
  const charged = {
    ...intent('succeeded'),
    latest_charge: { payment_method_details: { type: 'sepa_debit' } },
  };
  expect(snapshotOfIntent(charged as Intent)).toMatchObject({ methodType: 'sepa_debit', cardBrand: null });
  const declined = {
    ...intent('canceled'),
    last_payment_error: { payment_method: { type: 'card', card: {} } },
  };
  expect(snapshotOfIntent(declined as unknown as Intent).methodType).toBe('card');
  expect(snapshotOfIntent(intent('canceled')).methodType).toBeNull();
});
