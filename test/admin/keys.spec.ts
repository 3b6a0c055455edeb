import { randomUUID } from 'node:crypto';
import { describe, expect, vi } from 'vitest';
import { DEFAULT_SCOPES } from '#core/scope.js';
import { Caller } from '../support/caller.js';
import { query } from '../support/database.js';
import { expectProblem } from '../support/expect-problem.js';
import { paydeskTest } from '../support/paydesk-test.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const UNKNOWN = '00000000-0000-4000-8000-000000000000';

const it = paydeskTest()
  .extend('admin', { scope: 'file' }, ({ paydesk }) => paydesk.service('admin', { scopes: ['keys:admin'] }))
  /** Creates a key of a service that no other test uses. */
  .extend('create', ({ admin }) => async (more: object = {}) => {
    const request = { kind: 'service', name: `svc-${randomUUID()}`, scopes: ['customers:read'], ...more };
    return (await admin.post('/admin/keys', request)).body;
  })
  .extend('statusWith', ({ paydesk }) => async (key: string) => {
    return (await new Caller(paydesk.url, key).get('/customers/somebody')).status;
  });

describe('POST /admin/keys', () => {
  it('creates a key, which is shown once and not cached', async ({ admin, statusWith, clock }) => {
    const expiresAt = new Date(clock.now().getTime() + DAY_MS).toISOString();
    const request = { kind: 'service', name: 'crm', label: 'nightly', scopes: ['customers:read'], expiresAt };
    const { status, body, headers } = await admin.post('/admin/keys', request);
    expect({ status, body }).toEqual({
      status: 201,
      body: {
        ...request,
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        key: expect.stringMatching(/^pdk_service_[\w-]{43}$/),
        state: 'active',
        replaces: null,
        createdAt: clock.now().toISOString(),
        lastUsedAt: null,
        revokedAt: null,
        guardrails: null,
      },
    });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('location')).toBe(`/admin/keys/${body.id}`);
    expect(await statusWith(body.key)).toBe(404);

    const { key: _key, ...shown } = body;
    await vi.waitFor(async () => {
      const { body: later } = await admin.get(`/admin/keys/${body.id}`);
      const minute = new Date(Math.floor(clock.now().getTime() / 60_000) * 60_000).toISOString();
      expect(later).toEqual({ ...shown, lastUsedAt: minute });
    });
  });

  it('creates a key of a partner that may use its routes only', async ({ admin, paydesk }) => {
    const request = { kind: 'partner', name: 'clinic', scopes: ['charges:read', 'refunds:write'] };
    const { body } = await admin.post('/admin/keys', request);
    expect(body).toMatchObject({ label: null, expiresAt: null });
    const clinic = new Caller(paydesk.url, body.key);
    expect((await clinic.get('/partners/user/u/payments')).status).toBe(200);
    expect((await clinic.post('/refund', {})).status).toBe(403);
  });

  it.for<[string, object]>([
    ['kind', { kind: 'user' }],
    ['name', { name: 'a b' }],
    ['name', { name: undefined }],
    ['name', { kind: 'partner', name: 'partner:refused' }],
    ['name', { kind: 'partner', name: 'issuer:refused' }],
    ['scopes', { scopes: undefined }],
    ['scopes', { scopes: [] }],
    ['scopes', { scopes: 'customers:read' }],
    ['scopes', { scopes: ['customers:read', 'admin'] }],
    ['scopes', { scopes: ['customers:read', 'customers:read'] }],
    ['scopes', { scopes: [['customers:read']] }],
    ['scopes', { kind: 'partner', scopes: ['keys:admin'] }],
    ['label', { label: '' }],
    ['label', { label: 'x'.repeat(101) }],
    ['label', { label: 'a\u202eb' }],
    ['label', { label: 'a\u2028b' }],
    ['expiresAt', { expiresAt: '2020-01-01T00:00:00Z' }],
    ['expiresAt', { expiresAt: '2030-02-30T00:00:00Z' }],
    ['expiresAt', { expiresAt: '2030-01-01' }],
    ['expiresAt', { expiresAt: '2030-01-01T00:00:00+01:00' }],
    ['expiresAt', { expiresAt: null }],
  ])('names the invalid field %s of %j', async ([field, change], { admin }) => {
    const request = { kind: 'service', name: 'refused', scopes: ['customers:read'], ...change };
    const refused = await admin.post('/admin/keys', request);
    expectProblem(refused, 'invalid-request');
    expect(refused.body.errors).toMatchObject([{ field }]);
    const { body } = await admin.get('/admin/keys?limit=100');
    expect(body.data.map(({ name }: { name: string }) => name)).not.toContain(request.name ?? 'refused');
  });
});

describe('GET /admin/keys', () => {
  it('lists keys page by page, newest first, and never their secrets', async ({ admin, create, clock }) => {
    const name = `svc-${randomUUID()}`;
    const created: string[] = [];
    for (let index = 0; index < 5; index++) {
      created.unshift((await create({ name })).id);
      if (index < 3) clock.moveSeconds(1);
    }
    const listed: { id: string; createdAt: string }[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await admin.get(`/admin/keys?name=${name}&limit=2${cursor && `&cursor=${cursor}`}`);
      expect(body.data.length).toBeLessThanOrEqual(2);
      listed.push(...body.data);
      cursor = body.nextCursor;
    }
    expect(listed.map(({ id }) => id).toSorted()).toEqual(created.toSorted());
    const times = listed.map(({ createdAt }) => createdAt);
    expect(times).toEqual(times.toSorted().toReversed());
    expect(JSON.stringify(listed)).not.toMatch(/pdk_|[0-9a-f]{64}/);
  });

  it('filters by kind', async ({ admin, create }) => {
    const name = `both-${randomUUID()}`;
    await create({ name });
    await create({ name, kind: 'partner' });
    const { body } = await admin.get(`/admin/keys?name=${name}&kind=partner`);
    expect(body).toMatchObject({ data: [{ kind: 'partner', name }], nextCursor: null });
  });

  it.for([
    ['limit', 'limit=0'],
    ['limit', 'limit=101'],
    ['cursor', 'cursor=x'],
    ['cursor', `cursor=${UNKNOWN}`],
    ['kind', 'kind=user'],
  ])('names the invalid %s of %s', async ([field, search], { admin }) => {
    const refused = await admin.get(`/admin/keys?${search}`);
    expectProblem(refused, 'invalid-request');
    expect(refused.body.errors).toMatchObject([{ field }]);
  });
});

describe('POST /admin/keys/:id/revoke', () => {
  it('makes a key unusable, and may be repeated', async ({ admin, create, statusWith, clock }) => {
    const { id, key } = await create();
    expect(await statusWith(key)).toBe(404);
    const revoked = await admin.post(`/admin/keys/${id}/revoke`);
    expect(revoked).toMatchObject({
      status: 200,
      body: { id, state: 'revoked', revokedAt: clock.now().toISOString() },
    });
    expect(revoked.body).not.toHaveProperty('key');
    await vi.waitFor(async () => expect(await statusWith(key)).toBe(401));
    clock.moveSeconds(5);
    expect((await admin.post(`/admin/keys/${id}/revoke`)).body.revokedAt).toBe(revoked.body.revokedAt);
  });
});

describe('POST /admin/keys/:id/rotate', () => {
  it('replaces a key, which works on until the end of the overlap', async ({
    admin,
    create,
    statusWith,
    clock,
  }) => {
    const old = await create({ label: 'nightly' });
    const { status, body, headers } = await admin.post(`/admin/keys/${old.id}/rotate`, { overlap: '24h' });
    expect({ status, body }).toEqual({
      status: 201,
      body: {
        ...old,
        id: expect.not.stringMatching(old.id),
        key: expect.stringMatching(/^pdk_service_/),
        replaces: old.id,
        createdAt: clock.now().toISOString(),
      },
    });
    expect(headers.get('cache-control')).toBe('no-store');
    expect([await statusWith(old.key), await statusWith(body.key)]).toEqual([404, 404]);
    clock.moveHours(24);
    expect([await statusWith(old.key), await statusWith(body.key)]).toEqual([401, 404]);
    expect((await admin.get(`/admin/keys/${old.id}`)).body.state).toBe('expired');
  });

  it('ends a key at once without an overlap', async ({ admin, create, statusWith }) => {
    const old = await create();
    expect(await statusWith(old.key)).toBe(404);
    const { body } = await admin.post(`/admin/keys/${old.id}/rotate`);
    await vi.waitFor(async () => expect(await statusWith(old.key)).toBe(401));
    expect(await statusWith(body.key)).toBe(404);
  });

  it('gives the new key the lifetime of the old one, and never lengthens the life of that', async ({
    admin,
    create,
    clock,
  }) => {
    const startMs = clock.now().getTime();
    const old = await create({ expiresAt: new Date(startMs + 2 * DAY_MS).toISOString() });
    clock.moveHours(47);
    const { body } = await admin.post(`/admin/keys/${old.id}/rotate`, { overlap: '24h' });
    expect(Date.parse(body.expiresAt)).toBe(clock.now().getTime() + 2 * DAY_MS);
    expect((await admin.get(`/admin/keys/${old.id}`)).body.expiresAt).toBe(old.expiresAt);
  });

  it('gives a key one replacement, also to requests at the same time', async ({ admin, create }) => {
    const { id } = await create();
    const answers = await Promise.all(
      [1, 2, 3].map(() => admin.post(`/admin/keys/${id}/rotate`, { overlap: '1h' })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused).toHaveLength(2);
    for (const answer of refused) expectProblem(answer, 'invalid-state');
  });

  it('replaces a key of an earlier version whose partner has the name of a full tenant', async ({
    paydesk,
    admin,
    create,
  }) => {
    const { id, key } = await create({ kind: 'partner', scopes: ['charges:read'] });
    await query(paydesk, `update api_keys set name = 'partner:clinic' where id = '${id}'`);
    const { status, body } = await admin.post(`/admin/keys/${id}/rotate`, { overlap: '24h' });
    expect({ status, body }).toMatchObject({ status: 201, body: { name: 'partner:clinic' } });
    for (const credential of [key, body.key]) {
      const caller = new Caller(paydesk.url, credential);
      expect((await caller.get('/partners/user/u/payments')).status).toBe(200);
    }
  });

  it('refuses a revoked and an expired key', async ({ admin, create, clock }) => {
    const revoked = await create();
    await admin.post(`/admin/keys/${revoked.id}/revoke`);
    expectProblem(await admin.post(`/admin/keys/${revoked.id}/rotate`), 'invalid-state');
    const expired = await create({ expiresAt: new Date(clock.now().getTime() + 1000).toISOString() });
    clock.moveSeconds(1);
    expectProblem(await admin.post(`/admin/keys/${expired.id}/rotate`), 'invalid-state');
  });

  it.for(['', 'x', '0h', 24, null])('refuses the overlap %j', async (overlap, { admin, create }) => {
    const { id } = await create();
    const refused = await admin.post(`/admin/keys/${id}/rotate`, { overlap });
    expectProblem(refused, 'invalid-request');
    expect(refused.body.errors).toMatchObject([{ field: 'overlap' }]);
  });
});

describe('/admin/keys', () => {
  it.for(['GET /admin/keys/', 'POST /admin/keys//revoke', 'POST /admin/keys//rotate'])(
    'does not find an unknown key: %s',
    async (route, { admin }) => {
      const [method, path = ''] = route.replace('keys/', `keys/${UNKNOWN}`).split(' ');
      expectProblem(await (method === 'GET' ? admin.get(path) : admin.post(path)), 'not-found');
    },
  );

  it.for(['/admin/keys', `/admin/keys/${UNKNOWN}`, '/admin/audit'])(
    'needs keys:admin, which no key has by default: %s',
    async (path, { shop, partner, paydesk }) => {
      const refused = await shop.get(path);
      expectProblem(refused, 'forbidden');
      expect(refused.body.requiredScope).toBe('keys:admin');
      expect(DEFAULT_SCOPES).not.toContain('keys:admin');
      expectProblem(await partner.get(path), 'forbidden');
      expectProblem(await (await paydesk.user('bob')).get(path), 'forbidden');
      expectProblem(await paydesk.stranger().get(path), 'unauthorized');
    },
  );
});
