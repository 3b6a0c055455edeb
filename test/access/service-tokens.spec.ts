import { describe, expect } from 'vitest';
import { SCOPES } from '#core/scope.js';
import { Caller } from '../support/caller.js';
import { query } from '../support/database.js';
import { expectProblem } from '../support/expect-problem.js';
import { redirects } from '../support/hosted-page.js';
import { identityProviderTest } from '../support/identity-provider-test.js';

const SERVICE_ROUTE = '/customers/nobody';
const USER_ROUTE = '/payments/get-history';
const CHECKOUT = { ...redirects, amount: '10.00' };

const it = identityProviderTest()
  .extend('callerWith', ({ paydesk, provider, key }) => async (claims: Record<string, unknown>) => {
    return new Caller(paydesk.url, await provider.sign(key, claims));
  })
  .extend('service', ({ callerWith }) => (scope?: unknown, name = 'warehouse') => {
    return callerWith({ sub: name, client_id: name, scope });
  });

describe('a token that a client got for itself', () => {
  it('is that of a service, with its scopes', async ({ service }) => {
    const caller = await service('customers:read checkout:write');
    expect((await caller.get(SERVICE_ROUTE)).status).toBe(404);
    expect((await caller.post('/pay', CHECKOUT)).status).toBe(201);
    const refused = await caller.post('/refund', { paymentID: 'ch_1' });
    expectProblem(refused, 'forbidden');
    expect(refused.body.requiredScope).toBe('refunds:write');
  });

  it('starts operations that only this service can see', async ({ paydesk, service }) => {
    const shop = await service('checkout:write operations:read', 'shop');
    expect((await shop.post('/pay', CHECKOUT)).status).toBe(201);
    const [operation] = await query(paydesk, "select id from operations where caller = 'service:shop'");
    const path = `/operations/${operation?.['id']}`;
    expect((await shop.get(path)).status).toBe(200);
    const other = await service('operations:read', 'other');
    expectProblem(await other.get(path), 'not-found');
  });

  it('is no token of a user or a partner', async ({ service }) => {
    const caller = await service(SCOPES.join(' '));
    for (const route of [USER_ROUTE, '/partners/user/u/payments']) {
      expectProblem(await caller.get(route), 'forbidden');
    }
  });

  it.for<[string, unknown]>([
    ['no scope', undefined],
    ['an empty scope', ''],
    ['the scope of another service', 'email profile'],
    ['a scope in other letters', 'Customers:Read'],
    ['a scope with something after it', 'customers:read:all'],
    ['scopes with another separator', 'customers:read,customers:write'],
    ['scopes in a list', ['customers:read']],
    ['every scope by a pattern', '*'],
  ])('with %s gives none', async ([_what, scope], { service }) => {
    expectProblem(await (await service(scope)).get(SERVICE_ROUTE), 'forbidden');
  });

  it('may name scopes of others besides ours', async ({ service }) => {
    const caller = await service('openid  customers:read customers:read mail:send');
    expect((await caller.get(SERVICE_ROUTE)).status).toBe(404);
  });

  it.for(['', 'a b', 'ü', 'a/b', 'a'.repeat(256), 'shop@mail.example'])(
    'is refused for the name "%s"',
    async (name, { service }) => {
      const caller = await service('customers:read', name);
      for (const route of [SERVICE_ROUTE, USER_ROUTE]) expectProblem(await caller.get(route), 'unauthorized');
    },
  );
});

describe("a user's token", () => {
  it.for<[string, Record<string, unknown>]>([
    ['that a client got for the user', { client_id: 'web-app' }],
    ['of a client with the same name in azp', { azp: 'user-1' }],
    ['with a list of client ids', { client_id: ['user-1'] }],
  ])('%s gives nothing by its scope', async ([_what, claims], { callerWith }) => {
    const caller = await callerWith({ sub: 'user-1', scope: SCOPES.join(' '), ...claims });
    expect((await caller.get(USER_ROUTE)).status).toBe(200);
    expectProblem(await caller.get(SERVICE_ROUTE), 'forbidden');
    expectProblem(await caller.post('/refund', { paymentID: 'ch_1' }), 'forbidden');
  });
});

describe('a verified token', () => {
  it('is remembered for a minute', async ({ provider, clock, statusWith }) => {
    const key = await provider.createKey('ES256', 'remembered');
    clock.moveSeconds(10 * 60);
    expect(await statusWith(await provider.sign(key))).toBe(200);
    clock.moveSeconds(9 * 60 + 30);
    const [token, other] = [await provider.sign(key), await provider.sign(key)];
    expect(await statusWith(token)).toBe(200);
    provider.published = provider.published.filter(({ kid }) => kid !== 'remembered');
    clock.moveSeconds(59);
    expect(await statusWith(other)).toBe(401);
    expect(await statusWith(token)).toBe(200);
    clock.moveSeconds(1);
    expect(await statusWith(token)).toBe(401);
  });

  it('is not remembered for longer than it is valid', async ({ callerWith, clock }) => {
    const exp = Math.floor(clock.now().getTime() / 1000) - 30;
    const caller = await callerWith({ exp });
    expect((await caller.get(USER_ROUTE)).status).toBe(200);
    clock.moveSeconds(31);
    expect((await caller.get(USER_ROUTE)).status).toBe(401);
  });
});
