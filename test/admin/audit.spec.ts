import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { query } from '../support/database.js';
import { expectProblem } from '../support/expect-problem.js';
import { paydeskTest } from '../support/paydesk-test.js';

const it = paydeskTest()
  .extend('admin', { scope: 'file' }, ({ paydesk }) => paydesk.service('admin', { scopes: ['keys:admin'] }))
  .extend('adminKeyId', { scope: 'file' }, async ({ paydesk }) => {
    const [row] = await query<{ id: string }>(paydesk, "select id from api_keys where name = 'admin'");
    return row?.id;
  })
  .extend('entriesOf', ({ admin }) => async (objectId: string) => {
    return (await admin.get(`/admin/audit?objectId=${objectId}`)).body.data;
  });

describe('GET /admin/audit', () => {
  it('shows who did what to a key, when and from where', async ({ admin, adminKeyId, clock, entriesOf }) => {
    const request = { kind: 'service', name: 'audited', label: 'CRM', scopes: ['customers:read'] };
    const { body: old } = await admin.post('/admin/keys', request);
    const { body: replacement } = await admin.post(`/admin/keys/${old.id}/rotate`, { overlap: '1h' });
    const at = clock.now().toISOString();
    clock.moveSeconds(60);
    await admin.post(`/admin/keys/${replacement.id}/revoke`);
    await admin.post(`/admin/keys/${replacement.id}/revoke`);

    const by = {
      id: expect.stringMatching(/^\d+$/),
      caller: 'service:admin',
      keyId: adminKeyId,
      address: '127.0.0.1',
    };
    const details = { ...request, expiresAt: null };
    expect(await entriesOf(old.id)).toEqual([
      {
        ...by,
        at,
        action: 'key.rotated',
        objectId: old.id,
        details: {
          replacedBy: replacement.id,
          expiresAt: new Date(Date.parse(at) + 3_600_000).toISOString(),
        },
      },
      { ...by, at, action: 'key.created', objectId: old.id, details: { ...details, replaces: null } },
    ]);
    expect(await entriesOf(replacement.id)).toEqual([
      { ...by, at: clock.now().toISOString(), action: 'key.revoked', objectId: replacement.id, details: {} },
      {
        ...by,
        at,
        action: 'key.created',
        objectId: replacement.id,
        details: { ...details, replaces: old.id },
      },
    ]);
    expect(JSON.stringify((await admin.get('/admin/audit?limit=100')).body)).not.toMatch(/pdk_|[0-9a-f]{64}/);
  });

  it('shows the link of a customer once, and none that was refused', async ({ paydesk, shop, entriesOf }) => {
    const [linked, other] = [
      await paydesk.stripe.customers.create(),
      await paydesk.stripe.customers.create(),
    ];
    const user = `user-${randomUUID()}`;
    for (const { id } of [linked, linked, other]) {
      await shop.put(`/customers/${user}?tenant=acme`, { stripeCustomerId: id });
    }
    expect(await entriesOf(linked.id)).toMatchObject([
      {
        caller: 'service:shop',
        keyId: expect.any(String),
        address: '127.0.0.1',
        action: 'customer.linked',
        details: { tenant: 'partner:acme', userId: user },
      },
    ]);
    expect(await entriesOf(other.id)).toEqual([]);
  });

  it('shows for whom a customer was created', async ({ paydesk, partner, entriesOf }) => {
    const user = `user-${randomUUID()}`;
    for (let index = 0; index < 2; index++) await partner.post(`/partners/user/${user}/setup_intent`);
    const [created] = await query<{ id: string }>(
      paydesk,
      'select stripe_customer_id as id from customers where user_id = $1',
      [user],
    );
    expect(await entriesOf(created?.id ?? '')).toMatchObject([
      {
        caller: 'partner:acme',
        keyId: null,
        address: 'automatic',
        action: 'customer.linked',
        details: { tenant: 'partner:acme', userId: user },
      },
    ]);
  });

  it('shows that a customer was unlinked because it was deleted at Stripe', async ({
    paydesk,
    shop,
    entriesOf,
  }) => {
    const customer = await paydesk.stripe.customers.create();
    const user = `user-${randomUUID()}`;
    await shop.put(`/customers/${user}`, { stripeCustomerId: customer.id });
    await paydesk.stripe.customers.del(customer.id);
    expect((await shop.get(`/customers/${user}`)).status).toBe(404);
    const [unlinked, ...earlier] = await entriesOf(customer.id);
    expect(unlinked).toMatchObject({
      caller: 'stripe',
      keyId: null,
      address: 'stripe',
      action: 'customer.unlinked',
      details: { userId: user },
    });
    expect(earlier).toMatchObject([{ action: 'customer.linked' }]);
  });

  it('filters, and lists page by page, newest first', async ({ admin, clock }) => {
    const ids = [];
    for (let index = 0; index < 5; index++) {
      clock.moveSeconds(1);
      const request = { kind: 'service', name: 'paged', scopes: ['customers:read'] };
      ids.push((await admin.post('/admin/keys', request)).body.id);
    }
    const now = clock.now().getTime();
    const [from, to] = [now - 3_000, now].map((ms) => new Date(ms).toISOString());
    const filter = `action=key.created&caller=service:admin&from=${from}&to=${to}&limit=2`;
    const first = (await admin.get(`/admin/audit?${filter}`)).body;
    const second = (await admin.get(`/admin/audit?${filter}&cursor=${first.nextCursor}`)).body;
    const listed = [...first.data, ...second.data].map(({ objectId }) => objectId);
    expect(listed).toEqual([ids[3], ids[2], ids[1]]);
    expect(second.nextCursor).toBeNull();
    expect((await admin.get('/admin/audit?caller=service:nobody')).body).toEqual({
      data: [],
      nextCursor: null,
    });
    expect((await admin.get('/admin/audit?action=key.revoked&caller=service:paged')).body.data).toEqual([]);
  });

  it.for([
    ['action', 'action=key.deleted'],
    ['objectId', 'objectId='],
    ['from', 'from=yesterday'],
    ['to', 'to=2026-13-01T00:00:00Z'],
    ['limit', 'limit=1000'],
    ['cursor', 'cursor=0'],
    ['cursor', 'cursor=99999999999999999999'],
  ])('names the invalid %s of %s', async ([field, search], { admin }) => {
    const refused = await admin.get(`/admin/audit?${search}`);
    expectProblem(refused, 'invalid-request');
    expect(refused.body.errors).toMatchObject([{ field }]);
  });
});

describe('audit_log', () => {
  it.for([
    "update audit_log set caller = 'nobody'",
    'delete from audit_log',
    'truncate audit_log',
    'set session_replication_role = replica; delete from audit_log',
    `create function public.now() returns timestamptz return timestamptz 'infinity'; set search_path = public, pg_catalog;
     delete from audit_log`,
  ])('refuses %s', async (statement, { paydesk, shop }) => {
    await shop.get('/customers/somebody');
    const entries = 'select count(*)::int as count from audit_log';
    const before = await query(paydesk, entries);
    await expect(query(paydesk, statement)).rejects.toThrow(/audit_log is append only/);
    expect(await query(paydesk, entries)).toEqual(before);
  });

  it('lets entries be deleted that are older than 366 days', async ({ paydesk }) => {
    const add = async (age: string) => {
      const [entry] = await query<{ id: string }>(
        paydesk,
        `insert into audit_log (at, caller, address, action, object_id, details)
         values (now() - $1::interval, 'stripe', 'stripe', 'customer.unlinked', 'old', '{}') returning id`,
        [age],
      );
      return entry?.id;
    };
    const [old, recent] = [await add('8784 hours 1 second'), await add('8783 hours')];
    const deleteEntries = (ids: unknown[]) =>
      query(paydesk, 'delete from audit_log where id = any($1) returning id', [ids]);
    await expect(deleteEntries([old, recent])).rejects.toThrow(/audit_log is append only/);
    expect(await deleteEntries([old])).toEqual([{ id: old }]);
    await expect(deleteEntries([recent])).rejects.toThrow(/audit_log is append only/);
  });

  it('has no entry of a change that failed, and no change is made without its entry', async ({
    paydesk,
    admin,
  }) => {
    const { body } = await admin.post('/admin/keys', {
      kind: 'service',
      name: 'kept',
      scopes: ['customers:read'],
    });
    await query(
      paydesk,
      "alter table audit_log add constraint broken check (action <> 'key.revoked') not valid",
    );
    const refused = await admin.post(`/admin/keys/${body.id}/revoke`);
    await query(paydesk, 'alter table audit_log drop constraint broken');
    expectProblem(refused, 'internal-error');
    expect((await admin.get(`/admin/keys/${body.id}`)).body.state).toBe('active');
  });
});
