import { describe, expect } from 'vitest';
import type { Answer } from '../support/caller.js';
import { query } from '../support/database.js';
import { expectProblem } from '../support/expect-problem.js';
import { paydeskTest } from '../support/paydesk-test.js';

const PATH = '/notification-endpoints';
const URL = 'https://receiver.example/hook?a=1';

const it = paydeskTest();

describe('an endpoint', () => {
  it('is created, listed, changed and deleted by its caller', async ({ paydesk }) => {
    const shop = await paydesk.service('crud');
    const created = await shop.post(PATH, { url: URL, types: ['payment.failed'], description: 'Orders' });
    const { id, secret, ...rest } = created.body;
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe(`${PATH}/${id}`);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(rest).toEqual({
      url: URL,
      types: ['payment.failed'],
      description: 'Orders',
      enabled: true,
      createdAt: expect.any(String),
      disabledReason: null,
    });
    const shown = { id, ...rest };
    expect((await shop.get(`${PATH}/${id}`)).body).toEqual(shown);
    expect((await shop.get(PATH)).body).toEqual({ data: [shown], nextCursor: null });

    const changed = await shop.patch(`${PATH}/${id}`, { types: null, enabled: false });
    expect(changed).toMatchObject({ status: 200, body: { ...shown, types: null, enabled: false } });
    expect((await shop.get(`${PATH}/${id}`)).body).toEqual(changed.body);

    expect((await shop.delete(`${PATH}/${id}`)).status).toBe(204);
    expectProblem(await shop.get(`${PATH}/${id}`), 'not-found');
    expectProblem(await shop.delete(`${PATH}/${id}`), 'not-found');
  });

  it('is for all types without `types`, and takes null as no description', async ({ shop }) => {
    const { body } = await shop.post(PATH, { url: URL, types: null, description: null });
    expect(body).toMatchObject({ types: null, description: null });
  });

  it('is listed newest first, in pages', async ({ paydesk, clock, partner }) => {
    const other = await (await paydesk.partner('globex')).post(PATH, { url: URL });
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      ids.unshift((await partner.post(PATH, { url: URL })).body.id);
      clock.moveSeconds(1);
    }
    const first = (await partner.get(`${PATH}?limit=2`)).body;
    const second = (await partner.get(`${PATH}?limit=2&cursor=${first.nextCursor}`)).body;
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(ids);
    expect(second.nextCursor).toBeNull();
    const foreign = await partner.get(`${PATH}?cursor=${other.body.id}`);
    expect(foreign).toMatchObject({ status: 400, body: { errors: [{ field: 'cursor' }] } });
  });

  it('has a secret that is stored encrypted, and can be replaced', async ({ paydesk, shop }) => {
    const { id, secret } = (await shop.post(PATH, { url: URL })).body;
    const rotated = await shop.post(`${PATH}/${id}/rotate-secret`);
    expect(rotated).toMatchObject({ status: 200, body: { secret: expect.stringMatching(/^whsec_/) } });
    expect(rotated.body.secret).not.toBe(secret);
    const [row] = await query(
      paydesk,
      'select secret, previous_secret from notification_endpoints where id = $1',
      [id],
    );
    expect(row).toEqual({
      secret: expect.stringMatching(/^v1\./),
      previous_secret: expect.stringMatching(/^v1\./),
    });
  });

  it('is changed at the same URL of the log of changes, which names no URL', async ({ paydesk }) => {
    const admin = await paydesk.service('admin', { scopes: ['keys:admin', 'notifications:manage'] });
    const { id } = (await admin.post(PATH, { url: URL })).body;
    await admin.patch(`${PATH}/${id}`, { url: `${URL}&b=2` });
    await admin.post(`${PATH}/${id}/rotate-secret`);
    await admin.delete(`${PATH}/${id}`);
    const { data } = (await admin.get(`/admin/audit?objectId=${id}`)).body;
    expect(data.map(({ action, caller }: Record<string, string>) => `${caller} ${action}`)).toEqual([
      'service:admin endpoint.deleted',
      'service:admin endpoint.secret-rotated',
      'service:admin endpoint.changed',
      'service:admin endpoint.created',
    ]);
    expect(JSON.stringify(data)).not.toMatch(/receiver|whsec/);
  });

  it('is created again by a request that is repeated, as an Idempotency-Key is ignored', async ({
    paydesk,
  }) => {
    const twice = await paydesk.service('twice');
    const headers = { 'idempotency-key': 'not a valid key' };
    const [first, second] = [
      await twice.post(PATH, { url: URL }, headers),
      await twice.post(PATH, { url: URL }, headers),
    ];
    expect([first.status, second.status]).toEqual([201, 201]);
    const { id } = first.body;
    expect(id).not.toBe(second.body.id);
    const rotate = () => twice.post(`${PATH}/${id}/rotate-secret`, undefined, headers);
    expect((await rotate()).body.secret).not.toBe((await rotate()).body.secret);
    const test = () => twice.post(`${PATH}/${id}/test`, undefined, headers);
    expect((await test()).body.notificationId).not.toBe((await test()).body.notificationId);
  });

  it('is one of at most 50', async ({ paydesk }) => {
    const many = await paydesk.service('many');
    const creations = Array.from({ length: 51 }, () => many.post(PATH, { url: URL }));
    const statuses = (await Promise.all(creations)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 409)).toHaveLength(1);
  });
});

it('there is none for PAYMENT_CALLBACK_URL if that is not set', async ({ shop }) => {
  const path = '/admin/payment-callback';
  const range = { since: '2026-11-22T00:00:00Z', until: '2026-11-23T00:00:00Z' };
  expectProblem(await shop.get(path), 'not-found');
  expectProblem(await shop.post(`${path}/enable`), 'not-found');
  expectProblem(await shop.post(`${path}/redeliver`, range), 'not-found');
});

describe('the URL of an endpoint', () => {
  it.for([
    'https://receiver.example',
    'https://93.184.215.14:8443/hook',
    'https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/',
    // The default of NOTIFICATION_ALLOWED_NETWORKS in sandbox mode.
    'http://127.0.0.1:4000/hook',
    'http://[::1]:4000',
    'http://localhost:4000',
    'https://[::ffff:127.0.0.1]/',
  ])('may be %s', async (url, { shop }) => {
    const created = await shop.post(PATH, { url });
    expect(created.status).toBe(201);
    await shop.delete(`${PATH}/${created.body.id}`);
  });

  it.for([
    'ftp://receiver.example/',
    'receiver.example',
    '/hook',
    'http://receiver.example/',
    'http://93.184.215.14/',
    'https://user:password@receiver.example/',
    'https://receiver.example/#fragment',
    'https://10.0.0.1/',
    'https://192.168.1.1/',
    'https://172.16.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://100.100.100.200/',
    'https://0.0.0.0/',
    'https://0x0a000001/',
    'https://167772161/',
    'https://[fd00:ec2::254]/',
    'https://[fe80::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[::10.0.0.1]/',
    'https://[2002:a00:1::]/',
    'https://0300.0250.1.1/',
    'https://[64:ff9b::a00:1]/',
    'https://255.255.255.255/',
    `https://receiver.example/${'a'.repeat(2000)}`,
    42,
    null,
  ])('may not be %s', async (url, { shop }) => {
    const refused = await shop.post(PATH, { url });
    expectProblem(refused, 'invalid-request');
    expect(refused.body.errors).toEqual([{ field: 'url', message: expect.any(String) }]);
  });

  it('is checked on a change too', async ({ shop }) => {
    const { id } = (await shop.post(PATH, { url: URL })).body;
    const refused = await shop.patch(`${PATH}/${id}`, { url: 'https://10.0.0.1/' });
    expect(refused.body.errors).toEqual([{ field: 'url', message: 'must be a public address' }]);
    expect((await shop.get(`${PATH}/${id}`)).body.url).toBe(URL);
  });
});

it.for([
  [{ url: URL, types: [] }, 'types'],
  [{ url: URL, types: ['payment.unknown'] }, 'types'],
  [{ url: URL, types: ['payment.failed', 'payment.failed'] }, 'types'],
  [{ url: URL, types: 'payment.failed' }, 'types'],
  [{ url: URL, description: '' }, 'description'],
  [{ url: URL, description: 'x'.repeat(201) }, 'description'],
  [{ types: null }, 'url'],
  // Names that are not ours are never repeated.
  [{ url: URL, secret: 'x' }, 'body'],
] as const)('the field of %j is named', async ([body, field], { shop }) => {
  const refused = await shop.post(PATH, body);
  expectProblem(refused, 'invalid-request');
  expect(refused.body.errors).toEqual([expect.objectContaining({ field })]);
});

it.for([
  [{ url: 'receiver.example' }, 'url'],
  [{ types: ['payment.unknown'] }, 'types'],
  [{ description: 7 }, 'description'],
  [{ enabled: 'yes' }, 'enabled'],
  [{ id: 'x' }, 'body'],
] as const)('the field of the change %j is named', async ([body, field], { shop }) => {
  const { id } = (await shop.post(PATH, { url: URL })).body;
  const refused = await shop.patch(`${PATH}/${id}`, body);
  expect(refused).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  await shop.delete(`${PATH}/${id}`);
});

it('ids and pages that are none are named', async ({ shop }) => {
  const refused: [string, Answer][] = [
    ['id', await shop.get(`${PATH}/1`)],
    ['id', await shop.patch(`${PATH}/1`, { enabled: false })],
    ['id', await shop.delete(`${PATH}/1`)],
    ['id', await shop.post(`${PATH}/1/rotate-secret`)],
    ['id', await shop.post(`${PATH}/1/test`)],
    ['limit', await shop.get(`${PATH}?limit=101`)],
    ['cursor', await shop.get(`${PATH}?cursor=1`)],
    ['query', await shop.get(`${PATH}?url=x`)],
  ];
  for (const [field, answer] of refused) {
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  }
});
