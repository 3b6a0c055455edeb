import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EvidenceTrace, proofOfTrace, traceOf } from './evidence-trace.js';

type Metadata = Record<string, string>;

/** As Stripe merges metadata: https://docs.stripe.com/api/metadata */
function update(metadata: Metadata, { change }: EvidenceTrace): Metadata {
  return Object.fromEntries(Object.entries({ ...metadata, ...change }).filter(([, value]) => value !== ''));
}

/** Adds evidence by several operations, one after the other, a second apart. */
function addAll(metadata: Metadata, ids: readonly string[]): Metadata {
  return ids.reduce(
    (before, id, index) => update(before, traceOf(before, id, new Date(index * 1000))),
    metadata,
  );
}

const operationIds = (sizes: { minLength?: number; maxLength: number }) =>
  fc.uniqueArray(fc.uuid(), { minLength: 1, ...sizes });

describe('a trace of evidence', () => {
  it('stays when others add evidence', () => {
    fc.assert(
      fc.property(operationIds({ maxLength: 20 }), fc.nat(), (ids, chosen) => {
        const own = traceOf({}, ids[chosen % ids.length]!, new Date((chosen % ids.length) * 1000));
        expect(proofOfTrace(addAll({}, ids), own)).toBe('done');
      }),
    );
  });

  it('proves that nothing was added only if it can not have been removed', () => {
    fc.assert(
      fc.property(operationIds({ minLength: 2, maxLength: 60 }), ([own, ...others]) => {
        const before = addAll({}, others.slice(0, 5));
        const trace = traceOf(before, own!, new Date(0));
        const after = addAll(update(before, trace), others.slice(5));
        expect(['done', 'unknown']).toContain(proofOfTrace(after, trace));
        expect(proofOfTrace(before, trace)).toBe('not-done');
      }),
    );
  });

  it("is one of at most 20, beside what others have set, with keys as long as Stripe's may be", () => {
    fc.assert(
      fc.property(operationIds({ maxLength: 60 }), (ids) => {
        const { order, ...traces } = addAll({ order: '42' }, ids);
        expect(order).toBe('42');
        expect(Object.keys(traces).length).toBe(Math.min(ids.length, 20));
        for (const key of Object.keys(traces)) expect(key.length).toBeLessThanOrEqual(40);
      }),
    );
  });

  it('is not taken for that of an earlier request with the same key, and is the same as then', () => {
    const id = '6a3c3a0e-3f5c-5e5e-9a51-0c7d1cf1a001';
    const earlier = traceOf({}, id, new Date(0));
    const before = update({}, earlier);
    const trace = traceOf(before, id, new Date(1));
    expect(trace.change).toEqual(earlier.change);
    expect(proofOfTrace(before, trace)).toBe('unknown');
  });

  it('of an earlier version proves nothing once another one has taken its place', () => {
    const change = { paydesk_evidence_id: 'of this operation' };
    expect(proofOfTrace(change, { change })).toBe('done');
    expect(proofOfTrace({}, { change })).toBe('not-done');
    expect(proofOfTrace({ paydesk_evidence_id: 'of another' }, { change })).toBe('unknown');
  });
});
