import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PAYMENT_STAGES, type PaymentRefund, type PaymentStage, statusOf } from './payment.js';
import type { FactSource } from './payment-facts.js';
import { type NoticeScope, paymentNoticesOf } from './payment-notices.js';
import type { SeenEvent, WithheldFact } from './withheld-facts.js';

const AT = new Date('2026-11-22T09:30:00Z');
const MINUTE_MS = 60_000;

function payment(stage: PaymentStage, refunds: PaymentRefund['status'][] = []): FactSource {
  return {
    paymentId: 'pi_1',
    type: 'charge',
    stage,
    status: statusOf(stage),
    checkoutStatus: null,
    refunds: refunds.map((status, index) => ({
      refundId: `re_${index}`,
      amountMinor: 100,
      status,
      createdAt: AT,
    })),
    disputes: [],
  };
}

const event = (type: string, objectId: string, createdAt: Date | null = null): SeenEvent => ({
  id: `evt_${type}`,
  type,
  objectId,
  createdAt,
});
const OWN_EVENT = event('payment_intent.succeeded', 'pi_1');
const REFUND_EVENT = event('refund.updated', 're_0');

interface Read {
  payment: FactSource;
  scope: NoticeScope;
  events: SeenEvent[];
}

/** The types of what is told of a payment that is read like this. */
function told(reads: readonly Read[]): string[] {
  let before: (FactSource & { withheld: readonly WithheldFact[] }) | undefined;
  return reads.flatMap(({ payment: after, scope, events }) => {
    const notices = paymentNoticesOf(before, after, { events, scope, at: AT });
    before = { ...after, withheld: notices.withheld };
    return notices.told.map(({ type }) => type);
  });
}

const reads = (last: PaymentStage): fc.Arbitrary<Read[]> =>
  fc
    .array(
      fc.record({
        payment: fc
          .constantFrom<PaymentStage>('open', 'action_required', 'processing', 'failed')
          .map((stage) => payment(stage)),
        scope: fc.constantFrom<NoticeScope[]>('changes', 'nothing', 'payment'),
        events: fc.subarray([OWN_EVENT]),
      }),
      { maxLength: 6 },
    )
    .chain((before) =>
      fc
        .array(fc.constantFrom<NoticeScope[]>('changes', 'nothing'), { minLength: 1, maxLength: 3 })
        .map((scopes) => [
          ...before,
          ...scopes.map((scope) => ({ payment: payment(last), scope, events: [] })),
          { payment: payment(last), scope: 'changes' as const, events: [OWN_EVENT] },
        ]),
    );

describe('paymentNoticesOf', () => {
  it('tells the success once, whoever reads it first', () => {
    fc.assert(
      fc.property(reads('succeeded'), (list) => {
        expect(told(list).filter((type) => type === 'payment.succeeded')).toHaveLength(1);
      }),
    );
  });

  it('tells nothing because of a read that notifies nobody', () => {
    const list: Read[] = [
      { payment: payment('open'), scope: 'changes', events: [OWN_EVENT] },
      { payment: payment('succeeded', ['SUCCEEDED']), scope: 'nothing', events: [] },
    ];
    expect(told(list)).toEqual([]);
  });

  it('tells nothing that was overtaken while it was withheld', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PAYMENT_STAGES), (stage) => {
        const list: Read[] = [
          { payment: payment(stage), scope: 'nothing', events: [] },
          { payment: payment('succeeded'), scope: 'nothing', events: [] },
          { payment: payment('succeeded'), scope: 'changes', events: [OWN_EVENT] },
        ];
        expect(told(list)).toEqual(['payment.succeeded']);
      }),
    );
  });

  it('tells of a refund only because of its own event, and of its payment only because of others', () => {
    const refunded = payment('succeeded', ['SUCCEEDED', 'SUCCEEDED']);
    const first: Read = { payment: refunded, scope: 'changes', events: [event('charge.refunded', 'ch_1')] };
    const seen = (events: SeenEvent[]): Read => ({ payment: refunded, scope: 'changes', events });
    expect(told([first])).toEqual([]);
    expect(told([first, seen([REFUND_EVENT])])).toEqual(['refund.succeeded']);
    expect(told([first, seen([OWN_EVENT])])).toEqual(['payment.succeeded']);
    expect(told([first, seen([OWN_EVENT, REFUND_EVENT]), seen([OWN_EVENT, REFUND_EVENT])])).toEqual([
      'payment.succeeded',
      'refund.succeeded',
    ]);
  });

  it('tells only the last state of a refund that was withheld', () => {
    const list: Read[] = [
      { payment: payment('succeeded', ['SUCCEEDED']), scope: 'nothing', events: [] },
      { payment: payment('succeeded', ['FAILED']), scope: 'changes', events: [REFUND_EVENT] },
      { payment: payment('succeeded', ['FAILED']), scope: 'changes', events: [REFUND_EVENT] },
    ];
    expect(told(list)).toEqual(['refund.failed']);
  });

  it('takes an event that was created long after the read for one of a later change', () => {
    const after = (minutes: number) => [
      event('payment_intent.succeeded', 'pi_1', new Date(AT.getTime() + minutes * MINUTE_MS)),
    ];
    const list = (events: SeenEvent[]): Read[] => [
      { payment: payment('succeeded'), scope: 'nothing', events: [] },
      { payment: payment('succeeded'), scope: 'changes', events },
    ];
    expect(told(list(after(9)))).toEqual(['payment.succeeded']);
    expect(told(list(after(11)))).toEqual([]);
  });
});
