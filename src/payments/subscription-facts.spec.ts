import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { subscriptionFactsOf, type SubscriptionFactSource } from './subscription-facts.js';
import {
  type InvoiceFailure,
  SUBSCRIPTION_STATUSES,
  type SubscriptionStatus,
} from './subscription-record.js';

const ENDED: readonly SubscriptionStatus[] = ['EXPIRED', 'CANCELED'];

function subscription(
  status: SubscriptionStatus,
  rest: Partial<SubscriptionFactSource> = {},
): SubscriptionFactSource {
  return {
    status,
    checkoutStatus: null,
    sessionId: null,
    subscriptionId: 'sub_1',
    failedAttempts: {},
    ...rest,
  };
}

function failure(id: string, attempt: string): InvoiceFailure {
  return { invoice: { id, status: 'open', totalMinor: 500, currency: 'usd', hostedUrl: null }, attempt };
}

/** The types of all facts of a record that saw these versions one after the other. */
function typesOf(versions: readonly SubscriptionFactSource[]): string[] {
  return versions.flatMap((after, index) =>
    subscriptionFactsOf(versions[index - 1], after, []).map(({ type }) => type),
  );
}

/** The statuses that a record sees of a subscription: it is active at some time, perhaps overdue at others, and ends. */
const lives = fc
  .tuple(
    fc.array(fc.constant<SubscriptionStatus>('PENDING'), { maxLength: 2 }),
    fc.array(fc.constantFrom<SubscriptionStatus>('ACTIVE', 'PAST_DUE'), { maxLength: 8 }),
    fc.array(fc.constantFrom(...ENDED), { maxLength: 1 }),
  )
  .map((parts) => parts.flat().map((status) => subscription(status)));

describe('subscriptionFactsOf', () => {
  it('has subscription.active at most once, and before it is active nothing but past_due', () => {
    fc.assert(
      fc.property(lives, (versions) => {
        const types = typesOf(versions);
        expect(types.filter((type) => type === 'subscription.active').length).toBeLessThanOrEqual(1);
        const started = versions.find(({ status }) => status !== 'PENDING');
        expect(types.includes('subscription.active')).toBe(started?.status === 'ACTIVE');
      }),
    );
  });

  it('has a recovery for each time that it was overdue before, and one end', () => {
    fc.assert(
      fc.property(lives, (versions) => {
        const types = typesOf(versions);
        const recoveries = versions.filter(
          ({ status }, index) => status === 'ACTIVE' && versions[index - 1]?.status === 'PAST_DUE',
        );
        const count = (wanted: string) => types.filter((type) => type === wanted).length;
        expect(count('subscription.recovered')).toBe(recoveries.length);
        expect(count('subscription.past_due') - count('subscription.recovered')).toBeOneOf([0, 1]);
        expect(count('subscription.canceled')).toBe(versions.at(-1)?.status === 'CANCELED' ? 1 : 0);
      }),
    );
  });

  it('has nothing for a version that was seen already', () => {
    for (const status of SUBSCRIPTION_STATUSES) {
      const version = subscription(status, {
        checkoutStatus: 'complete',
        failedAttempts: { in_1: '1 requires_payment_method' },
      });
      const failures = [failure('in_1', '1 requires_payment_method')];
      expect(subscriptionFactsOf(version, structuredClone(version), failures)).toEqual([]);
    }
  });

  it('has the end of its Checkout page once, about the page while there is no subscription', () => {
    const page = { sessionId: 'cs_1', subscriptionId: null };
    const open = subscription('PENDING', { ...page, checkoutStatus: 'open' });
    const expired = subscription('EXPIRED', { ...page, checkoutStatus: 'expired' });
    const paid = subscription('ACTIVE', { sessionId: 'cs_1', checkoutStatus: 'complete' });
    expect(subscriptionFactsOf(undefined, open, [])).toEqual([]);
    expect(subscriptionFactsOf(open, expired, [])).toEqual([{ type: 'checkout.expired', subject: 'cs_1' }]);
    expect(subscriptionFactsOf(open, paid, [])).toEqual([
      { type: 'checkout.completed', subject: 'sub_1' },
      { type: 'subscription.active', subject: 'sub_1' },
    ]);
  });

  it('has each failed attempt to pay an invoice once', () => {
    const before = subscription('PAST_DUE', { failedAttempts: { in_1: '1 a', in_2: '1 b' } });
    const failures = [failure('in_1', '1 a'), failure('in_2', '2 c'), failure('in_3', '1 d')];
    const facts = subscriptionFactsOf(before, before, failures);
    expect(facts.map(({ type, invoice }) => [type, invoice?.id])).toEqual([
      ['invoice.payment_failed', 'in_2'],
      ['invoice.payment_failed', 'in_3'],
    ]);
  });
});
