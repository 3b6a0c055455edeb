import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { Problem, type ProblemSlug, unknownObject } from '#core/problem.js';
import {
  isDefiniteRefusal,
  isMissing,
  isRefusedBesides,
  isReplayedFailure,
  problemBesides,
  problemFromStripe,
  refusedParam,
} from './stripe-errors.js';

const { StripeError } = Stripe.errors;

/** A response from Stripe with this status and error object, as stripe-node throws it. */
function answer(
  statusCode: number,
  error: object = {},
  headers: Record<string, string> = {},
): Stripe.errors.StripeError {
  return StripeError.generate({ statusCode, headers, ...error });
}

/** A network error, as stripe-node throws it. */
function broken(code: string): Stripe.errors.StripeError {
  const detail = Object.assign(new Error(code), { code });
  return new Stripe.errors.StripeConnectionError({ message: 'An error occurred', detail });
}

describe('problemFromStripe', () => {
  it.each<[string, Stripe.errors.StripeError, ProblemSlug]>([
    ['a decline', answer(402, { type: 'card_error', code: 'card_declined' }), 'card-declined'],
    [
      'a required authentication',
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
      'a request of ours that Stripe cannot read',
      answer(400, { type: 'invalid_request_error', code: 'parameter_unknown' }),
      'internal-error',
    ],
    [
      'a code that Stripe has not published',
      answer(400, { type: 'invalid_request_error', code: 'something_new' }),
      'provider-refused',
    ],
    ['a refusal without a code', answer(400, { type: 'invalid_request_error' }), 'provider-refused'],
    [
      'a rate limit with status 400',
      answer(400, { type: 'invalid_request_error', code: 'rate_limit' }),
      'provider-busy',
    ],
    [
      'a short balance',
      answer(400, { type: 'invalid_request_error', code: 'balance_insufficient' }),
      'insufficient-balance',
    ],
    [
      'an account without live mode',
      answer(400, { type: 'invalid_request_error', code: 'testmode_charges_only' }),
      'provider-misconfigured',
    ],
    ['a failed external dependency', answer(424, { type: 'api_error' }), 'outcome-unknown'],
    [
      'an unknown object',
      answer(404, { type: 'invalid_request_error', code: 'resource_missing' }),
      'internal-error',
    ],
    [
      'an idempotency key with other parameters',
      answer(400, { type: 'idempotency_error' }),
      'idempotency-key-reused',
    ],
    [
      'an idempotency key that is in use',
      answer(409, { type: 'idempotency_error', code: 'idempotency_key_in_use' }),
      'outcome-unknown',
    ],
    ['a wrong API key', answer(401, { type: 'invalid_request_error' }), 'provider-misconfigured'],
    [
      'an API key without permission',
      answer(403, { type: 'invalid_request_error' }),
      'provider-misconfigured',
    ],
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
    ['a server error', answer(500, { type: 'api_error' }), 'outcome-unknown'],
    [
      'an unreadable answer',
      answer(200, { message: 'Invalid JSON received from the Stripe API' }),
      'outcome-unknown',
    ],
    ['a refused connection', broken('ECONNREFUSED'), 'provider-unreachable'],
    ['an unknown host', broken('ENOTFOUND'), 'provider-unreachable'],
    ['a connection reset', broken('ECONNRESET'), 'outcome-unknown'],
    ['a timeout', broken('ETIMEDOUT'), 'outcome-unknown'],
  ])('classifies %s', (_what, error, slug) => {
    expect(problemFromStripe(error).slug).toBe(slug);
  });

  it('classifies any other error as internal-error', () => {
    expect(problemFromStripe(new TypeError('x')).slug).toBe('internal-error');
  });

  it('reports the decline code', () => {
    const error = answer(402, {
      type: 'card_error',
      code: 'card_declined',
      decline_code: 'insufficient_funds',
    });
    expect(problemFromStripe(error).extras).toEqual({ declineCode: 'insufficient_funds' });
  });

  it('reports the code of an unknown refusal, and never its message', () => {
    const error = answer(400, { type: 'invalid_request_error', code: 'something_new', message: 'secret' });
    expect(problemFromStripe(error).extras).toEqual({ providerCode: 'something_new' });
  });

  it.each(['try_again_later', 'confirm_card_data', 'do_not_try_again'])('reports the advice %s', (advice) => {
    const error = answer(402, {
      type: 'card_error',
      code: 'card_declined',
      decline_code: 'insufficient_funds',
      advice_code: advice,
    });
    expect(problemFromStripe(error).extras).toEqual({ declineCode: 'insufficient_funds', advice });
  });

  it.each(['stolen_card', 'generic_decline'])('reports no advice for %s', (declineCode) => {
    const error = answer(402, {
      type: 'card_error',
      code: 'card_declined',
      decline_code: declineCode,
      advice_code: 'do_not_try_again',
    });
    expect(problemFromStripe(error).extras).toEqual({ declineCode: 'generic_decline' });
  });

  it('reports no advice that Stripe has not published', () => {
    const error = answer(402, { type: 'card_error', code: 'expired_card', advice_code: 'something_new' });
    expect(problemFromStripe(error).extras).toEqual({ declineCode: 'expired_card' });
  });

  // https://docs.stripe.com/declines/codes: must not be revealed to the customer.
  it.each(['lost_card', 'stolen_card', 'fraudulent', 'pickup_card', 'merchant_blacklist'])(
    'reports %s as a generic decline',
    (declineCode) => {
      const error = answer(402, { type: 'card_error', code: 'card_declined', decline_code: declineCode });
      expect(problemFromStripe(error).extras).toEqual({ declineCode: 'generic_decline' });
    },
  );

  it('reports only what Stripe.js needs for authentication', () => {
    const error = answer(402, {
      type: 'card_error',
      code: 'authentication_required',
      payment_intent: { id: 'pi_1', client_secret: 'pi_1_secret_2', customer: 'cus_1' },
    });
    expect(problemFromStripe(error).extras).toEqual({ paymentId: 'pi_1', clientSecret: 'pi_1_secret_2' });
  });
});

describe('the Stripe error behind a problem', () => {
  const missing = answer(400, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    param: 'payment_method',
  });

  it('is found through nested problems', () => {
    const problem = unknownObject('stripe_payment_method_id', problemFromStripe(missing));
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
  ])('with status %i is a definite refusal: %s', (statusCode, expected) => {
    expect(isDefiniteRefusal(problemFromStripe(answer(statusCode, { type: 'invalid_request_error' })))).toBe(
      expected,
    );
  });

  it.each(['rate_limit', 'lock_timeout', 'idempotency_key_in_use'])(
    'is no definite refusal for %s, even with status 400',
    (code) => {
      expect(isDefiniteRefusal(problemFromStripe(answer(400, { type: 'invalid_request_error', code })))).toBe(
        false,
      );
    },
  );

  it('is no definite refusal for a call that is not what an operation is to do', () => {
    const refused = problemBesides(answer(404, { type: 'invalid_request_error' }));
    const problem = unknownObject('paymentId', refused);
    expect({ definite: isDefiniteRefusal(problem), besides: isRefusedBesides(problem) }).toEqual({
      definite: false,
      besides: true,
    });
    expect(isRefusedBesides(problemBesides(answer(500)))).toBe(false);
    expect(isRefusedBesides(problemFromStripe(answer(404)))).toBe(false);
  });

  it('is no definite refusal for an idempotency key of another request', () => {
    expect(isDefiniteRefusal(problemFromStripe(answer(400, { type: 'idempotency_error' })))).toBe(false);
  });

  it('is a replayed failure only for a 5xx with the header idempotent-replayed', () => {
    expect(isReplayedFailure(problemFromStripe(answer(500, {}, { 'idempotent-replayed': 'true' })))).toBe(
      true,
    );
    expect(isReplayedFailure(problemFromStripe(answer(500)))).toBe(false);
    expect(isReplayedFailure(problemFromStripe(answer(402, {}, { 'idempotent-replayed': 'true' })))).toBe(
      false,
    );
    expect(isReplayedFailure(new Problem('outcome-unknown'))).toBe(false);
  });
});
