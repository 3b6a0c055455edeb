import { createSign, generateKeyPairSync } from 'node:crypto';
import { type JWK, UnsecuredJWT } from 'jose';
import { describe, expect } from 'vitest';
import { issueUserToken } from '../../src/access/local-issuer.js';
import { expectProblem } from '../support/expect-problem.js';
import { startIdentityProvider } from '../support/identity-provider.js';
import { identityProviderTest } from '../support/identity-provider-test.js';

const it = identityProviderTest({ alg: 'RS256' });

describe('a token of the identity provider', () => {
  it.for(['RS256', 'ES256', 'EdDSA'])('is accepted with %s', async (alg, { provider, clock, statusWith }) => {
    clock.moveSeconds(60);
    const key = await provider.createKey(alg, `accepted-${alg}`);
    expect(await statusWith(await provider.sign(key))).toBe(200);
  });

  it.for(['RS384', 'PS256', 'ES384', 'ES512'])(
    'is refused with %s, although the provider publishes such a key',
    async (alg, { provider, clock, statusWith }) => {
      clock.moveSeconds(60);
      const key = await provider.createKey(alg, `refused-${alg}`);
      expect(await statusWith(await provider.sign(key))).toBe(401);
    },
  );

  it.for<[string, (nowSeconds: number) => Record<string, unknown>, number]>([
    ['that expired 59 s ago', (now) => ({ exp: now - 59 }), 200],
    ['that expired 60 s ago', (now) => ({ exp: now - 60 }), 401],
    ['that starts in 60 s', (now) => ({ nbf: now + 60 }), 200],
    ['that starts in 61 s', (now) => ({ nbf: now + 61 }), 401],
    ['issued in 60 s', (now) => ({ iat: now + 60 }), 200],
    ['issued in 61 s', (now) => ({ iat: now + 61 }), 401],
    ['issued in 61 s, a number with a fraction', (now) => ({ iat: now + 61.5 }), 401],
    ['without the time of issue', () => ({ iat: undefined }), 200],
    ['with a text as the time of issue', (now) => ({ iat: String(now) }), 401],
    ['with a text as its expiry', (now) => ({ exp: String(now + 60) }), 401],
    ['without an expiry', () => ({ exp: undefined }), 401],
    ['of another issuer', () => ({ iss: 'https://id.example' }), 401],
    ['without an issuer', () => ({ iss: undefined }), 401],
    ['for another audience', () => ({ aud: 'warehouse' }), 401],
    ['for several audiences', () => ({ aud: ['warehouse', 'shop'] }), 200],
  ])('%s', async ([_what, claimsAt, expected], { provider, key, clock, statusWith }) => {
    const nowSeconds = Math.floor(clock.now().getTime() / 1000);
    expect(await statusWith(await provider.sign(key, claimsAt(nowSeconds)))).toBe(expected);
  });

  it.for([
    ['JWT', 200],
    ['at+jwt', 200],
    ['application/at+jwt', 200],
    ['logout+jwt', 401],
    ['dpop+jwt', 401],
    ['', 401],
    [1, 401],
  ] as const)(
    'with the type %s is answered with %d',
    async ([typ, expected], { provider, key, statusWith }) => {
      expect(await statusWith(await provider.sign(key, {}, { typ: typ as string }))).toBe(expected);
    },
  );

  it('is refused with a critical header that nobody here understands', async ({
    provider,
    key,
    statusWith,
  }) => {
    const token = await provider.sign(key, {}, { crit: ['tenant'], tenant: 'a' });
    expect(await statusWith(token)).toBe(401);
  });

  it('is refused without a signature', async ({ provider, key, statusWith }) => {
    expect(await statusWith(await provider.sign(key))).toBe(200);
    const unsecured = new UnsecuredJWT({ sub: 'u', iss: 'https://id.example/', aud: 'shop', exp: 4e9 });
    expect(await statusWith(unsecured.encode())).toBe(401);
  });

  it('is refused if its key has fewer than 2048 bits', async ({ provider, clock, statusWith }) => {
    clock.moveSeconds(60);
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    provider.published.push({ ...(publicKey.export({ format: 'jwk' }) as JWK), kid: 'weak', alg: 'RS256' });
    const claims = { sub: 'u', iss: 'https://id.example/', aud: 'shop', exp: 4e9 };
    const signed = [{ alg: 'RS256', kid: 'weak' }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const signature = createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url');
    expect(await statusWith(`${signed}.${signature}`)).toBe(401);
  });

  it('is refused if the key is in its own header, or only at a URL there', async ({
    provider,
    key,
    clock,
    statusWith,
  }) => {
    const foreign = await startIdentityProvider(clock);
    const foreignKey = await foreign.createKey('RS256', 'k1');
    const url = String(foreign.environment['JWKS_URL']);
    for (const header of [{ jwk: foreignKey.jwk }, { jku: url }, { x5u: url }]) {
      expect(await statusWith(await foreign.sign(foreignKey, {}, header))).toBe(401);
      expect(await statusWith(await foreign.sign(foreignKey, {}, { ...header, kid: 'k2' }))).toBe(401);
      expect(await statusWith(await provider.sign(key, {}, header))).toBe(200);
    }
    expect(foreign.fetches).toBe(0);
    await foreign.close();
  });

  it('is the only one accepted: the local issuer has no say', async ({ paydesk, clock, statusWith }) => {
    expect(await statusWith(await issueUserToken(paydesk.settings, 'user-1', clock.now()))).toBe(401);
  });
});

describe("the identity provider's keys", () => {
  const isolated = identityProviderTest({ scope: 'test' }).extend('statusOf', ({ provider, statusWith }) => {
    return async (...key: Parameters<typeof provider.sign>) => statusWith(await provider.sign(...key));
  });

  isolated('are fetched once by concurrent first requests', async ({ provider, key, statusOf }) => {
    const statuses = await Promise.all(Array.from({ length: 10 }, () => statusOf(key)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(provider.fetches).toBe(1);
  });

  isolated(
    'are fetched at most once a minute for unknown ones',
    async ({ provider, key, clock, statusOf }) => {
      await statusOf(key);
      const flood = async () => {
        const kids = Array.from({ length: 20 }, (_, index) => `unknown-${index}`);
        return new Set(await Promise.all(kids.map((kid) => statusOf(key, {}, { kid }))));
      };
      expect(await flood()).toEqual(new Set([401]));
      expect(provider.fetches).toBe(1);
      clock.moveSeconds(60);
      expect(await flood()).toEqual(new Set([401]));
      expect(await flood()).toEqual(new Set([401]));
      expect(provider.fetches).toBe(2);
      clock.moveSeconds(59);
      await flood();
      expect(provider.fetches).toBe(2);
    },
  );

  isolated('are used as soon as they are rotated', async ({ provider, key, clock, statusOf }) => {
    await statusOf(key);
    clock.moveSeconds(60);
    const next = await provider.createKey('ES256', 'k2');
    expect(await statusOf(next)).toBe(200);
    expect(await statusOf(key)).toBe(200);
  });

  isolated(
    'are not accepted for long after they were withdrawn',
    async ({ provider, key, clock, statusOf }) => {
      expect(await statusOf(key)).toBe(200);
      provider.published.length = 0;
      await provider.createKey('ES256', 'k2');
      clock.moveSeconds(9 * 60);
      expect(await statusOf(key)).toBe(200);
      clock.moveSeconds(60);
      expect(await statusOf(key)).toBe(401);
    },
  );

  isolated('stay in use for a day while the provider is down', async ({ provider, key, clock, statusOf }) => {
    const working = provider.answer;
    expect(await statusOf(key)).toBe(200);
    provider.answer = (_request, response) => response.writeHead(500).end();
    clock.moveHours(1);
    for (let i = 0; i < 5; i++) expect(await statusOf(key)).toBe(200);
    expect(provider.fetches).toBe(2);
    for (let i = 0; i < 5; i++) expect(await statusOf(key, {}, { kid: 'unknown' })).toBe(503);
    expect(provider.fetches).toBe(2);
    clock.moveHours(24);
    expect(await statusOf(key)).toBe(503);
    expect(provider.fetches).toBe(3);
    provider.answer = working;
    clock.moveSeconds(60);
    expect(await statusOf(key)).toBe(200);
  });

  isolated('stay in use if the provider sends no keys', async ({ provider, key, clock, statusOf }) => {
    await statusOf(key);
    for (const body of ['', '<html>', '{}', '{"keys":1}', 'null']) {
      provider.answer = (_request, response) => response.end(body);
      clock.moveSeconds(11 * 60);
      expect(await statusOf(key)).toBe(200);
    }
    expect(provider.fetches).toBe(6);
  });

  isolated('are not fetched from where the provider redirects to', async ({ provider, key, historyWith }) => {
    provider.answer = ({ url }, response) =>
      url === '/jwks.json'
        ? response.writeHead(302, { location: '/elsewhere' }).end()
        : response.end(JSON.stringify({ keys: provider.published }));
    expectProblem(await historyWith(await provider.sign(key)), 'unavailable');
    expect(provider.fetches).toBe(1);
  });

  isolated(
    'make users wait no longer than a deadline',
    async ({ provider, key, clock, historyWith, statusOf }) => {
      const working = provider.answer;
      provider.answer = () => {};
      expectProblem(await historyWith(await provider.sign(key)), 'unavailable');
      provider.answer = working;
      expect(await statusOf(key)).toBe(503);
      expect(provider.fetches).toBe(1);
      clock.moveSeconds(5);
      expect(await statusOf(key)).toBe(200);
    },
  );
});
