import { describe, expect } from 'vitest';
import { paydeskTest } from '../support/paydesk-test.js';

const SHOP = 'https://shop.example';
const HISTORY = '/payments/get-history';
const preflight = {
  'access-control-request-method': 'GET',
  'access-control-request-headers': 'authorization',
};

const it = paydeskTest({ environment: { CORS_ORIGINS: `${SHOP}/, http://localhost:5173` } });
const itByDefault = paydeskTest();

function corsHeaders(headers: Headers): string[] {
  return [...headers.keys()].filter((name) => name.startsWith('access-control-'));
}

describe('CORS_ORIGINS', () => {
  it.for([SHOP, 'http://localhost:5173'])(
    'answers the preflight of %s without a credential',
    async (origin, { paydesk }) => {
      const headers = { ...preflight, origin };
      const response = await fetch(paydesk.url + HISTORY, { method: 'OPTIONS', headers });
      expect(response.status).toBe(204);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'GET, POST, PUT, DELETE',
        'access-control-allow-headers': 'Authorization, Content-Type, Dry-Run, Idempotency-Key, X-Request-Id',
        'access-control-max-age': '7200',
        vary: expect.stringContaining('Origin'),
      });
      expect(response.headers.has('access-control-allow-credentials')).toBe(false);
    },
  );

  it('lets a page read the answer with its headers, and the problem of a refused request', async ({
    paydesk,
  }) => {
    const user = await paydesk.user('bob');
    for (const [caller, status] of [
      [user, 200],
      [paydesk.stranger(), 401],
    ] as const) {
      const { headers, ...answer } = await caller.get(HISTORY, { origin: SHOP });
      expect(answer.status).toBe(status);
      expect(headers.get('access-control-allow-origin')).toBe(SHOP);
      expect(headers.get('access-control-expose-headers')).toBe(
        'Idempotency-Key, Idempotent-Replayed, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id',
      );
      expect(headers.get('vary')).toContain('Origin');
    }
  });

  it('includes the state of an operation, which a user may ask for', async ({ paydesk }) => {
    const path = '/operations/6f0c5c1e-3d0b-4f7a-9a59-2f4f1c3b8d21';
    const headers = { ...preflight, origin: SHOP };
    const response = await fetch(paydesk.url + path, { method: 'OPTIONS', headers });
    expect(response.status).toBe(204);
    const user = await paydesk.user('bob');
    const answer = await user.get(path, { origin: SHOP });
    expect(answer.status).toBe(404);
    expect(answer.headers.get('access-control-allow-origin')).toBe(SHOP);
  });

  it.for(['https://evil.example', 'https://shop.example.evil.example', 'http://shop.example', 'null'])(
    'sends no CORS headers to %s',
    async (origin, { paydesk }) => {
      const user = await paydesk.user('bob');
      const { status, headers } = await user.get(HISTORY, { origin });
      expect(status).toBe(200);
      expect(corsHeaders(headers)).toEqual([]);
      expect(headers.get('vary')).toContain('Origin');
      const refused = await fetch(paydesk.url + HISTORY, {
        method: 'OPTIONS',
        headers: { ...preflight, origin },
      });
      expect(refused.ok).toBe(false);
      expect(corsHeaders(refused.headers)).toEqual([]);
    },
  );

  it.for([
    '/partners/user/bob/payments',
    '/payments/unknown',
    '/operations',
    '/pay',
    '/refund',
    '/status',
    '/customers/bob',
    '/admin/keys',
    '/health/live',
  ])('sends no CORS headers on %s', async (path, { paydesk, partner, shop }) => {
    for (const method of ['OPTIONS', 'GET', 'POST']) {
      for (const { authorization } of [partner, shop]) {
        const headers = { ...preflight, ...authorization, origin: SHOP };
        expect(corsHeaders((await fetch(paydesk.url + path, { method, headers })).headers)).toEqual([]);
      }
    }
  });

  itByDefault('is off by default', async ({ paydesk }) => {
    const headers = { ...preflight, origin: SHOP };
    const response = await fetch(paydesk.url + HISTORY, { method: 'OPTIONS', headers });
    expect(response.status).toBe(404);
    expect(corsHeaders(response.headers)).toEqual([]);
  });
});
