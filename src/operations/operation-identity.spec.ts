import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprintOf, identityOf, operationIdOf } from './operation-identity.js';
import type { OperationRequest } from './operation.js';

const credential = { keyId: 'key-1', scopes: ['charges:write'] } as const;
const request: Omit<OperationRequest, 'context'> = {
  actor: { kind: 'partner', tenant: 'partner:acme', ...credential },
  route: 'POST /partners/user/:user_id/payment_intent {"user_id":"42"}',
  idempotencyKey: 'order-1',
  body: { amount: '3000' },
};

describe('operationIdOf', () => {
  it('is a UUID of version 8, the same for the same request', () => {
    const id = operationIdOf(request);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(operationIdOf({ ...request })).toBe(id);
  });

  it('does not depend on the body, so that a changed one is refused under the same key', () => {
    expect(operationIdOf({ ...request, body: { amount: '9900' } })).toBe(operationIdOf(request));
  });

  it('does not depend on the API key, so that a request can be repeated with another one', () => {
    const actor = { kind: 'partner', tenant: 'partner:acme', keyId: 'key-2', scopes: [] } as const;
    expect(operationIdOf({ ...request, actor })).toBe(operationIdOf(request));
  });

  it.each<[string, Partial<OperationRequest>]>([
    ['another partner', { actor: { kind: 'partner', tenant: 'partner:rival', ...credential } }],
    ['a service of the same name', { actor: { kind: 'service', name: 'acme', ...credential } }],
    ['a user of the same tenant', { actor: { kind: 'user', tenant: 'partner:acme', userId: '42' } }],
    ['another route', { route: 'POST /partners/user/:user_id/setup_intent {"user_id":"42"}' }],
    ['another user', { route: 'POST /partners/user/:user_id/payment_intent {"user_id":"43"}' }],
    ['another key', { idempotencyKey: 'order-2' }],
  ])('differs for %s', (_what, change) => {
    expect(operationIdOf({ ...request, ...change })).not.toBe(operationIdOf(request));
  });

  it('never mixes up where the route ends and the key begins', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (route, key, otherRoute, otherKey) => {
        const same = route === otherRoute && key === otherKey;
        const id = operationIdOf({ ...request, route, idempotencyKey: key });
        const otherId = operationIdOf({ ...request, route: otherRoute, idempotencyKey: otherKey });
        expect(id === otherId).toBe(same);
      }),
    );
  });
});

describe('identityOf', () => {
  it("derives a key for Stripe that does not contain the caller's key", () => {
    const { operationId, stripeKey } = identityOf({ id: operationIdOf(request), generation: 1 });
    expect(stripeKey).toBe(`paydesk-${operationId}`);
    expect(stripeKey).not.toContain(request.idempotencyKey);
  });

  it('derives another key for each generation, and the same operation id', () => {
    const id = operationIdOf(request);
    const identities = [1, 2, 3].map((generation) => identityOf({ id, generation }));
    expect(new Set(identities.map(({ stripeKey }) => stripeKey)).size).toBe(3);
    expect(new Set(identities.map(({ operationId }) => operationId)).size).toBe(1);
  });
});

describe('fingerprintOf', () => {
  it('ignores the order of properties, at any depth', () => {
    expect(fingerprintOf({ a: 1, b: [{ c: 2, d: 3 }] })).toBe(fingerprintOf({ b: [{ d: 3, c: 2 }], a: 1 }));
  });

  it('differs if the bodies differ', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const [textA, textB] = [a, b].map((body) => JSON.stringify(body));
        fc.pre(textA !== textB && typeof a !== 'object' && typeof b !== 'object');
        expect(fingerprintOf(a)).not.toBe(fingerprintOf(b));
      }),
    );
  });

  it.each([
    [{ amount: '3000' }, { amount: 3000 }],
    [{ amount: '3000' }, { amount: '3000', currency: 'usd' }],
    [
      [1, 2],
      [2, 1],
    ],
    [{ a: null }, {}],
  ])('differs for %j and %j', (a, b) => {
    expect(fingerprintOf(a)).not.toBe(fingerprintOf(b));
  });

  it('treats a missing body as null', () => {
    expect(fingerprintOf(undefined)).toBe(fingerprintOf(null));
  });
});
