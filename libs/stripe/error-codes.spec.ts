import Stripe from 'stripe';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { PROBLEMS, type ProblemSlug } from '#core/problem.js';
import { DECLINE_CODES } from './decline-codes.js';
import { CODES_BY_PROBLEM, type UnlistedCode } from './error-codes.js';
import { isDefiniteRefusal, problemFromStripe } from './stripe-errors.js';

const rows = Object.entries(CODES_BY_PROBLEM).flatMap(([slug, codes]) =>
  codes.map((code) => [code, slug as ProblemSlug] as const),
);

const refusal = (statusCode: number, error: object) =>
  problemFromStripe(
    Stripe.errors.StripeError.generate({ statusCode, type: 'invalid_request_error', ...error }),
  );

describe('the table of error codes', () => {
  it('has every published code', () => {
    expectTypeOf<UnlistedCode>().toBeNever();
  });

  it('has every code once', () => {
    expect(new Set(rows.map(([code]) => code)).size).toBe(rows.length);
  });

  it.each(rows)('answers %s with %s', (code, slug) => {
    const problem = refusal(400, { code });
    expect(problem.slug).toBe(slug);
    expect(problem.status).toBe(PROBLEMS[slug].status);
  });

  it.each(rows.filter(([, slug]) => slug !== 'provider-busy' && slug !== 'outcome-unknown'))(
    'ends the request for %s',
    (code) => {
      expect(isDefiniteRefusal(refusal(400, { code }))).toBe(true);
    },
  );

  it.each<[string, ProblemSlug]>([
    [
      'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a ' +
        'connected account without Customer attachment, or was detached from a Customer. It may not be used again.',
      'payment-method-unusable',
    ],
    [
      'You cannot combine currencies on a single customer. This customer has an active subscription, subscription ' +
        'schedule, discount, quote, or invoice item with currency usd',
      'currency-mismatch',
    ],
    [
      'The subscription is managed by the subscription schedule `sub_sched_1`, and updating any cancelation behavior ' +
        'directly is not allowed. Please update the schedule instead.',
      'subscription-scheduled',
    ],
    [
      'As per Indian regulations, export transactions require a customer name and address. More info here: ' +
        'https://stripe.com/docs/india-exports',
      'customer-details-required',
    ],
    ['Insufficient funds in your Stripe balance to refund this amount.', 'insufficient-balance'],
  ])('recognizes the refusal without a code "%s"', (message, slug) => {
    expect(refusal(400, { message }).slug).toBe(slug);
  });
});

describe('the table of decline codes', () => {
  it.each(Object.entries(DECLINE_CODES))('%s is %s', (code, treatment) => {
    const problem = refusal(402, { type: 'card_error', code: 'card_declined', decline_code: code });
    expect(problem.slug).toBe('card-declined');
    expect(problem.extras.declineCode).toBe(treatment === 'masked' ? 'generic_decline' : code);
  });
});
