import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { issueUserToken, localSigningKey } from '../../src/access/local-issuer.js';
import { Caller } from '../support/caller.js';
import { paydeskTest } from '../support/paydesk-test.js';

const USER_ROUTE = '/payments/get-history';
const PARTNER_ROUTE = '/partners/user/user-1/payments';
const SERVICE_ROUTE = '/status?paymentID=cs_test_1';

const it = paydeskTest()
  .extend('historyWith', ({ paydesk }) => async (token: string) => {
    return (await new Caller(paydesk.url, token).get(USER_ROUTE)).status;
  })
  .extend('signed', ({ paydesk, clock }) => async (claims: Record<string, unknown>, alg = 'ES256') => {
    const key = await localSigningKey(paydesk.settings.DATA_DIR);
    return new SignJWT({
      sub: 'user-1',
      iss: 'paydesk',
      aud: 'paydesk',
      exp: clock.now().getTime() / 1000 + 60,
      ...claims,
    })
      .setProtectedHeader({ alg })
      .sign(key);
  });

describe('access', () => {
  it.for([USER_ROUTE, PARTNER_ROUTE, SERVICE_ROUTE])(
    'asks a stranger on %s for a credential',
    async (route, { paydesk }) => {
      const { status, body, headers } = await paydesk.stranger().get(route);
      expect({ status, type: body.type }).toEqual({ status: 401, type: 'urn:paydesk:unauthorized' });
      expect(headers.get('www-authenticate')).toBe('Bearer');
    },
  );

  it.for([
    ['user', PARTNER_ROUTE],
    ['user', SERVICE_ROUTE],
    ['partner', USER_ROUTE],
    ['partner', SERVICE_ROUTE],
    ['service', USER_ROUTE],
    ['service', PARTNER_ROUTE],
  ] as const)('keeps a %s out of %s', async ([kind, route], { paydesk }) => {
    const caller = await paydesk[kind]('somebody');
    const { status, body } = await caller.get(route);
    expect({ status, type: body.type }).toEqual({ status: 403, type: 'urn:paydesk:forbidden' });
  });

  it.for([
    'Bearer',
    'Bearer ',
    'Bearer x',
    'Basic dXNlcjpwYXNz',
    'pdk_partner_aaaa',
    `Bearer pdk_partner_${'A'.repeat(43)}`,
    `Bearer pdk_service_${'A'.repeat(43)}`,
    'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1In0.',
    `Bearer ${'a'.repeat(7000)}`,
  ])('lets nobody in by %s', async (authorization, { paydesk }) => {
    for (const route of [USER_ROUTE, PARTNER_ROUTE]) {
      const { status } = await paydesk.stranger().get(route, { authorization });
      expect(status).toBe(401);
    }
  });

  it("refuses a partner's key with the prefix of a service", async ({ paydesk }) => {
    const partner = await paydesk.partner('acme');
    const forged = String(partner.authorization['authorization']).replace('pdk_partner_', 'pdk_service_');
    expect((await paydesk.stranger().get(SERVICE_ROUTE, { authorization: forged })).status).toBe(401);
  });

  describe('user tokens', () => {
    it('are accepted until they expire', async ({ paydesk, clock, historyWith }) => {
      const token = await issueUserToken(paydesk.settings, 'user-1', clock.now());
      expect(await historyWith(token)).toBe(200);
      clock.moveSeconds(14 * 60);
      expect(await historyWith(token)).toBe(200);
      clock.moveSeconds(2 * 60);
      expect(await historyWith(token)).toBe(401);
    });

    it.for<[string, Record<string, unknown>]>([
      ['another issuer', { iss: 'someone-else' }],
      ['another audience', { aud: 'someone-else' }],
      ['no audience', { aud: undefined }],
      ['no subject', { sub: undefined }],
      ['an empty subject', { sub: '' }],
      ['a subject of 256 characters', { sub: 'u'.repeat(256) }],
      ['a control character in its subject', { sub: 'a\u0000' }],
      ['a lone surrogate in its subject', { sub: '\ud800' }],
      ['no expiry', { exp: undefined }],
      ['a start in the future', { nbf: 4_000_000_000 }],
    ])('refuses one with %s', async ([_what, claims], { historyWith, signed }) => {
      expect(await historyWith(await signed({}))).toBe(200);
      expect(await historyWith(await signed(claims))).toBe(401);
    });

    it('are refused if another key signed them', async ({ historyWith }) => {
      const { privateKey } = await generateKeyPair('ES256');
      const token = await new SignJWT({ sub: 'user-1', iss: 'paydesk', aud: 'paydesk', exp: 4_000_000_000 })
        .setProtectedHeader({ alg: 'ES256' })
        .sign(privateKey);
      expect(await historyWith(token)).toBe(401);
    });

    it('are refused without a signature, and with the public key as an HMAC secret', async ({
      paydesk,
      historyWith,
    }) => {
      const claims = { sub: 'user-1', iss: 'paydesk', aud: 'paydesk', exp: 4_000_000_000 };
      expect(await historyWith(new UnsecuredJWT(claims).encode())).toBe(401);
      const { d: _private, ...publicKey } = await localSigningKey(paydesk.settings.DATA_DIR);
      const secret = new TextEncoder().encode(JSON.stringify(publicKey));
      const token = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(secret);
      expect(await historyWith(token)).toBe(401);
    });

    it('are signed by a key that only the owner of the data folder can read', async ({ paydesk }) => {
      await localSigningKey(paydesk.settings.DATA_DIR);
      const { mode } = await stat(join(paydesk.settings.DATA_DIR, 'user-token-key.json'));
      expect(mode & 0o777).toBe(0o600);
    });
  });
});
