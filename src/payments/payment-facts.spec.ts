import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  PAYMENT_STAGES,
  type PaymentDispute,
  type PaymentRefund,
  type PaymentStage,
  statusOf,
} from './payment.js';
import { type FactSource, factsOf, type PaymentFact } from './payment-facts.js';

const AT = new Date('2026-11-22T09:30:00Z');

function payment(stage: PaymentStage, rest: Partial<FactSource> = {}): FactSource {
  return {
    paymentId: 'pi_1',
    type: 'charge',
    stage,
    status: statusOf(stage),
    checkoutStatus: null,
    refunds: [],
    disputes: [],
    ...rest,
  };
}

const refund = (refundId: string, status: PaymentRefund['status']): PaymentRefund => ({
  refundId,
  amountMinor: 100,
  status,
  createdAt: AT,
});

const dispute = (disputeId: string, status: PaymentDispute['status']): PaymentDispute => ({
  disputeId,
  amountMinor: 100,
  status,
  stripeStatus: null,
  reason: 'fraudulent',
  dueBy: null,
  hasEvidence: false,
  isPastDue: false,
  submissionCount: 0,
  createdAt: AT,
});

/** All facts of a record that saw these versions one after the other. */
function factsOfAll(versions: readonly FactSource[]): PaymentFact[] {
  return versions.flatMap((after, index) => factsOf(versions[index - 1], after));
}

const typesOf = (facts: readonly PaymentFact[]) => facts.map(({ type }) => type);
const countOf = (facts: readonly PaymentFact[], type: string, of?: string) =>
  facts.filter(
    (fact) =>
      fact.type === type &&
      (of === undefined || [fact.refund?.refundId, fact.dispute?.disputeId].includes(of)),
  ).length;

/** What a payment goes through before its end: https://docs.stripe.com/payments/paymentintents/lifecycle */
const attempts = fc.array(
  fc.constantFrom<PaymentStage[]>('open', 'action_required', 'processing', 'failed'),
  {
    maxLength: 8,
  },
);
const ends = fc.constantFrom<PaymentStage[]>('succeeded', 'canceled', 'expired');

/** The versions that a record sees of a payment: some of its states, each perhaps several times. */
const lives = fc
  .tuple(attempts, ends, fc.integer({ min: 1, max: 3 }))
  .map(([before, end, times]) => before.concat(Array.from({ length: times }, () => end)))
  .chain((stages) =>
    fc.tuple(
      fc.constant(stages),
      fc.array(fc.boolean(), { minLength: stages.length, maxLength: stages.length }),
    ),
  )
  .map(([stages, seen]) =>
    stages.filter((_, index) => seen[index] || index === stages.length - 1).map((stage) => payment(stage)),
  );

/** The statuses of one refund, in the order in which it takes them. A successful one may still fail. */
const refundLives = fc
  .subarray<PaymentRefund['status']>(['PENDING', 'SUCCEEDED', 'FAILED'], { minLength: 1 })
  .chain((statuses) => repeated(statuses));

const disputeLives = fc
  .constantFrom<PaymentDispute['status'][]>(['OPEN'], ['OPEN', 'WON'], ['OPEN', 'LOST'], ['WON'], ['LOST'])
  .chain((statuses) => repeated(statuses));

function repeated<Status>(statuses: Status[]): fc.Arbitrary<Status[]> {
  return fc
    .array(fc.integer({ min: 1, max: 3 }), { minLength: statuses.length, maxLength: statuses.length })
    .map((times) =>
      statuses.flatMap((status, index) => Array.from({ length: times[index] ?? 1 }, () => status)),
    );
}

describe('factsOf', () => {
  it('has payment.succeeded exactly once for a payment that succeeds, whatever was seen of it before', () => {
    fc.assert(
      fc.property(lives, (versions) => {
        const succeeded = versions.at(-1)?.stage === 'succeeded';
        expect(countOf(factsOfAll(versions), 'payment.succeeded')).toBe(succeeded ? 1 : 0);
      }),
    );
  });

  it('has no fact about the payment itself once it has succeeded', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PAYMENT_STAGES), (stage) => {
        expect(factsOf(payment('succeeded'), payment(stage))).toEqual([]);
      }),
    );
  });

  it('has payment.failed once for each time that the status becomes FAILED', () => {
    fc.assert(
      fc.property(lives, (versions) => {
        const becomesFailed = versions.filter(
          ({ status }, index) => status === 'FAILED' && versions[index - 1]?.status !== 'FAILED',
        );
        expect(countOf(factsOfAll(versions), 'payment.failed')).toBe(becomesFailed.length);
      }),
    );
  });

  it('has nothing for a version that was seen already', () => {
    fc.assert(
      fc.property(lives, refundLives, disputeLives, ([first], [refunded = 'FAILED'], [disputed = 'OPEN']) => {
        const version = {
          ...(first ?? payment('open')),
          refunds: [refund('re_1', refunded)],
          disputes: [dispute('dp_1', disputed)],
        };
        expect(factsOf(version, structuredClone(version))).toEqual([]);
      }),
    );
  });

  it('has the success and the failure of each refund once, with the refund', () => {
    fc.assert(
      fc.property(refundLives, refundLives, (first, second) => {
        const length = Math.max(first.length, second.length);
        const versions = Array.from({ length }, (_, index) =>
          payment('succeeded', {
            refunds: [
              refund('re_1', first[Math.min(index, first.length - 1)] ?? 'PENDING'),
              refund('re_2', second[Math.min(index, second.length - 1)] ?? 'PENDING'),
            ],
          }),
        );
        const facts = factsOfAll(versions);
        for (const [id, statuses] of [
          ['re_1', first],
          ['re_2', second],
        ] as const) {
          expect(countOf(facts, 'refund.succeeded', id)).toBe(statuses.includes('SUCCEEDED') ? 1 : 0);
          expect(countOf(facts, 'refund.failed', id)).toBe(statuses.includes('FAILED') ? 1 : 0);
        }
      }),
    );
  });

  it('has the opening of each dispute once, also if it was seen only once it was closed', () => {
    fc.assert(
      fc.property(disputeLives, (statuses) => {
        const versions = statuses.map((status) =>
          payment('succeeded', { disputes: [dispute('dp_1', status)] }),
        );
        const facts = factsOfAll(versions);
        expect(countOf(facts, 'dispute.opened', 'dp_1')).toBe(1);
        expect(countOf(facts, 'dispute.closed', 'dp_1')).toBe(statuses.at(-1) === 'OPEN' ? 0 : 1);
        expect(typesOf(facts).indexOf('dispute.opened')).toBeLessThan(
          facts.length - countOf(facts, 'dispute.closed'),
        );
      }),
    );
  });

  it('has the end of a Checkout page once', () => {
    const page = (checkoutStatus: FactSource['checkoutStatus'], stage: PaymentStage) =>
      payment(stage, { paymentId: 'cs_1', type: 'checkout', checkoutStatus });
    const versions = [page('open', 'open'), page('complete', 'processing'), page('complete', 'succeeded')];
    expect(typesOf(factsOfAll(versions))).toEqual([
      'checkout.completed',
      'payment.processing',
      'payment.succeeded',
    ]);
    expect(typesOf(factsOfAll([page('expired', 'expired')]))).toEqual(['checkout.expired', 'payment.failed']);
  });

  it('has a cancellation as a failure too, unless the payment had failed', () => {
    expect(typesOf(factsOf(payment('open'), payment('canceled')))).toEqual([
      'payment.canceled',
      'payment.failed',
    ]);
    expect(typesOf(factsOf(payment('failed'), payment('canceled')))).toEqual(['payment.canceled']);
  });
});
