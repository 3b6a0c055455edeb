import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { Problem, type ProblemSlug, unknownObject } from '#core/problem.js';
import {
  isDefiniteRefusal,
  isMissing,
  isRateLimited,
  isSavedFailure,
  problemOf,
  refusedParam,
} from './stripe-errors.js';

const { StripeError } = Stripe.errors;

/** An answer of Stripe's with this status and error object, as stripe-node throws it. */
function answer(
  statusCode: number,
  error: object = {},
  headers: Record<string, string> = {},
): Stripe.errors.StripeError {
  return StripeError.generate({ statusCode, headers, ...error });
}

/** A failure of the connection, as stripe-node throws it. */
function broken(code: string): Stripe.errors.StripeError {
  const detail = Object.assign(new Error(code), { code });
  return new Stripe.errors.StripeConnectionError({ message: 'An error occurred', detail });
}

describe('problemOf', () => {
  it.each<[string, Stripe.errors.StripeError, ProblemSlug]>([
    ['a decline', answer(402, { type: 'card_error', code: 'card_declined' }), 'card-declined'],
    [
      'a wish to authenticate',
      answer(402, { type: 'card_error', code: 'authentication_required' }),
      'authentication-required',
    ],
    [
      'a small amount',
      answer(400, { type: 'invalid_request_error', code: 'amount_too_small' }),
      'amount-out-of-range',
    ],
    [
      'a large amount',
      answer(400, { type: 'invalid_request_error', code: 'amount_too_large' }),
      'amount-out-of-range',
    ],
    [
      'a refunded charge',
      answer(400, { type: 'invalid_request_error', code: 'charge_already_refunded' }),
      'refund-not-possible',
    ],
    [
      'a disputed charge',
      answer(400, { type: 'invalid_request_error', code: 'charge_disputed' }),
      'refund-not-possible',
    ],
    [
      'any other refusal, which is our bug',
      answer(400, { type: 'invalid_request_error', code: 'parameter_unknown' }),
      'internal-error',
    ],
    [
      'an unknown object that we named',
      answer(404, { type: 'invalid_request_error', code: 'resource_missing' }),
      'internal-error',
    ],
    ['a key with other parameters', answer(400, { type: 'idempotency_error' }), 'idempotency-key-reused'],
    [
      'a key that an earlier attempt still uses',
      answer(409, { type: 'idempotency_error', code: 'idempotency_key_in_use' }),
      'outcome-unknown',
    ],
    ['a wrong key', answer(401, { type: 'invalid_request_error' }), 'provider-misconfigured'],
    ['a key without permission', answer(403, { type: 'invalid_request_error' }), 'provider-misconfigured'],
    [
      'too many requests',
      answer(429, { type: 'invalid_request_error', code: 'rate_limit' }),
      'provider-busy',
    ],
    [
      'a locked object',
      answer(429, { type: 'invalid_request_error', code: 'lock_timeout' }),
      'provider-busy',
    ],
    ['a failure of Stripe', answer(500, { type: 'api_error' }), 'outcome-unknown'],
    [
      'an unreadable answer',
      answer(200, { message: 'Invalid JSON received from the Stripe API' }),
      'outcome-unknown',
    ],
    ['a refused connection', broken('ECONNREFUSED'), 'provider-unreachable'],
    ['an unknown host', broken('ENOTFOUND'), 'provider-unreachable'],
    ['a connection lost half-way', broken('ECONNRESET'), 'outcome-unknown'],
    ['a timeout', broken('ETIMEDOUT'), 'outcome-unknown'],
  ])('names %s', (_what, error, slug) => {
    expect(problemOf(error).slug).toBe(slug);
  });

  it('takes anything else for a bug of ours', () => {
    expect(problemOf(new TypeError('x')).slug).toBe('internal-error');
  });

  it('tells the decline code', () => {
    const error = answer(402, {
      type: 'card_error',
      code: 'card_declined',
      decline_code: 'insufficient_funds',
    });
    expect(problemOf(error).extras).toEqual({ declineCode: 'insufficient_funds' });
  });

  // https://docs.stripe.com/declines/codes: not to be told to the customer.
  it.each(['lost_card', 'stolen_card', 'fraudulent', 'pickup_card', 'merchant_blacklist'])(
    'tells %s as a generic decline',
    (declineCode) => {
      const error = answer(402, { type: 'card_error', code: 'card_declined', decline_code: declineCode });
      expect(problemOf(error).extras).toEqual({ declineCode: 'generic_decline' });
    },
  );

  it('hands the customer what Stripe.js needs to authenticate, and nothing else', () => {
    const error = answer(402, {
      type: 'card_error',
      code: 'authentication_required',
      payment_intent: { id: 'pi_1', client_secret: 'pi_1_secret_2', customer: 'cus_1' },
    });
    expect(problemOf(error).extras).toEqual({ paymentId: 'pi_1', clientSecret: 'pi_1_secret_2' });
  });
});

describe('what Stripe said', () => {
  const missing = answer(400, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    param: 'payment_method',
  });

  it('is known through every problem that stands for it', () => {
    const problem = unknownObject('stripe_payment_method_id', problemOf(missing));
    expect(refusedParam(problem)).toBe('payment_method');
    expect(isMissing(problem)).toBe(true);
    expect(isDefiniteRefusal(problem)).toBe(true);
  });

  it.each([
    [400, true],
    [402, true],
    [404, true],
    [401, false],
    [409, false],
    [429, false],
    [500, false],
  ])('with status %i is the last word: %s', (statusCode, expected) => {
    expect(isDefiniteRefusal(problemOf(answer(statusCode, { type: 'invalid_request_error' })))).toBe(
      expected,
    );
  });

  it('is a kept failure only where Stripe says that it tells it again', () => {
    expect(isSavedFailure(problemOf(answer(500, {}, { 'idempotent-replayed': 'true' })))).toBe(true);
    expect(isSavedFailure(problemOf(answer(500)))).toBe(false);
    expect(isSavedFailure(problemOf(answer(402, {}, { 'idempotent-replayed': 'true' })))).toBe(false);
    expect(isSavedFailure(new Problem('outcome-unknown'))).toBe(false);
  });

  it('slows all of us down for too many requests, not for one locked object', () => {
    expect(isRateLimited(answer(429, { code: 'rate_limit' }))).toBe(true);
    expect(isRateLimited(answer(429, { code: 'lock_timeout' }))).toBe(false);
    expect(isRateLimited(broken('ECONNRESET'))).toBe(false);
  });
});
