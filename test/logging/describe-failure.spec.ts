import { DrizzleQueryError } from 'drizzle-orm';
import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { Problem, type ProblemSlug } from '#core/problem.js';
import { describeFailure } from '../../src/logging/describe-failure.js';

const failureOfStripe = Stripe.errors.StripeError.generate({
  type: 'api_error',
  statusCode: 500,
  requestId: 'req_1',
  message: 'An unknown error occurred',
  headers: { authorization: 'secret' },
  payment_intent: { client_secret: 'secret' } as Stripe.PaymentIntent,
});

describe('describeFailure', () => {
  it.each<ProblemSlug>(['internal-error', 'provider-misconfigured', 'needs-review'])(
    'calls somebody for %s',
    (slug) => {
      expect(describeFailure(new Problem(slug))).toMatchObject({ problem: slug, alert: true });
    },
  );

  it.each<[string, unknown, boolean]>([
    ['a failure of Stripe', failureOfStripe, false],
    ['a call that took too long', undefined, false],
    ['a bug of ours', new TypeError("Cannot read properties of null (reading 'id')"), true],
    ['a statement that is wrong', new DrizzleQueryError('select', [], new Error('syntax error')), true],
  ])('calls somebody for an unknown outcome by %s: %s', (_what, cause, alert) => {
    expect(describeFailure(new Problem('outcome-unknown', {}, cause))).toMatchObject({ alert });
  });

  it('has the ids of the operation and of the request to Stripe, and no secret', () => {
    const described = describeFailure(
      new Problem('outcome-unknown', { operationId: 'op-1' }, failureOfStripe),
    );
    expect(described).toMatchObject({ operationId: 'op-1', cause: { stripe: { requestId: 'req_1' } } });
    expect(JSON.stringify(described)).not.toContain('secret');
  });

  it('has the code of a connection error', () => {
    const detail = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const cause = new Stripe.errors.StripeConnectionError({ message: 'An error occurred', detail });
    expect(describeFailure(new Problem('provider-unreachable', {}, cause))).toMatchObject({
      cause: { stripe: { network: 'ECONNREFUSED' } },
    });
  });

  it('has no parameters of a query', () => {
    const cause = new DrizzleQueryError('select $1', ['client secret'], new Error('syntax error'));
    expect(JSON.stringify(describeFailure(new Problem('internal-error', {}, cause)))).not.toContain('secret');
  });
});
