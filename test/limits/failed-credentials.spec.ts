import { describe, expect, vi } from 'vitest';
import { newSecret } from '../../src/access/api-key.js';
import { Caller } from '../support/caller.js';
import { withLock } from '../support/database.js';
import { expectProblem } from '../support/expect-problem.js';
import { paydeskTest } from '../support/paydesk-test.js';
import type { Paydesk } from '../support/paydesk.js';
import { someUser } from '../support/saved-card.js';

const LIMIT = 5;
const it = paydeskTest({ environment: { RATE_LIMITS: `failures:${LIMIT}/1m`, TRUST_PROXY: '127.0.0.1' } });
const PARTNER_ROUTE = '/partners/user/nobody/payments';
const USER_ROUTE = '/payments/get-history';

function from(address: string): Record<string, string> {
  return { 'x-forwarded-for': address };
}

function sendWrongKeys({ url }: Paydesk, address: string, times: number) {
  const callers = Array.from({ length: times }, () => new Caller(url, newSecret('partner')));
  return Promise.all(callers.map((caller) => caller.get(PARTNER_ROUTE, from(address))));
}

/** Tokens of users, each with another wrong signature. */
async function sendWrongTokens(paydesk: Paydesk, address: string, times: number) {
  const { credential = '' } = await paydesk.user(someUser());
  const signed = credential.slice(0, credential.lastIndexOf('.'));
  const callers = Array.from({ length: times }, (_, index) => {
    return new Caller(paydesk.url, `${signed}.${Buffer.alloc(64, index + 1).toString('base64url')}`);
  });
  return Promise.all(callers.map((caller) => caller.get(USER_ROUTE, from(address))));
}

describe('wrong credentials', () => {
  it.for([
    ['keys', '192.0.2.1', sendWrongKeys],
    ['tokens', '192.0.2.2', sendWrongTokens],
  ] as const)(
    'that are %s are 429 beyond the limit of their address, until the window ends',
    async ([_what, address, send], { paydesk, clock }) => {
      const answers = await send(paydesk, address, LIMIT + 3);
      const refused = answers.filter(({ status }) => status === 429);
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(LIMIT);
      expect(refused).toHaveLength(3);
      expectProblem(refused[0]!, 'too-many-requests');
      expect(refused[0]!.headers.get('retry-after')).toBe('60');
      clock.moveSeconds(60);
      expect((await send(paydesk, address, 1))[0]?.status).toBe(401);
    },
  );

  it('do not keep good ones of the same address from being served', async ({ paydesk }) => {
    const address = '192.0.2.3';
    const known = await paydesk.partner('known');
    expect((await known.get(PARTNER_ROUTE, from(address))).status).toBe(200);
    const [unknown, user] = [await paydesk.partner('unknown'), await paydesk.user(someUser())];
    const flood = [sendWrongKeys(paydesk, address, 200), sendWrongTokens(paydesk, address, 100)];
    await sendWrongKeys(paydesk, address, LIMIT + 1);
    expect((await known.get(PARTNER_ROUTE, from(address))).status).toBe(200);
    expect((await unknown.get(PARTNER_ROUTE, from(address))).status).toBe(200);
    expect((await user.get(USER_ROUTE, from(address))).status).toBe(200);
    const answers = (await Promise.all(flood)).flat();
    expect(answers.filter(({ status }) => status !== 429).length).toBeLessThanOrEqual(LIMIT);
  });

  it('do not delay those that were good lately', async ({ paydesk }) => {
    const address = '192.0.2.7';
    const [partner, user] = [await paydesk.partner('recent'), await paydesk.user(someUser())];
    const statuses = async () => [
      (await user.get(USER_ROUTE, from(address))).status,
      (await partner.get(PARTNER_ROUTE, from(address))).status,
    ];
    expect(await statuses()).toEqual([200, 200]);
    await sendWrongKeys(paydesk, address, LIMIT);
    await withLock(paydesk, 'lock table api_keys in access exclusive mode', async () => {
      const ended = vi.fn<() => void>();
      void sendWrongKeys(paydesk, address, 1).then(ended);
      expect(await statuses()).toEqual([200, 200]);
      expect(ended).not.toHaveBeenCalled();
    });
  });

  it('count together, whatever their kind, but only for their address', async ({ paydesk }) => {
    await sendWrongKeys(paydesk, '192.0.2.4', LIMIT - 2);
    await sendWrongTokens(paydesk, '192.0.2.4', 1);
    const garbage = new Caller(paydesk.url, 'pdk_partner_0');
    expect((await garbage.get(PARTNER_ROUTE, from('192.0.2.4'))).status).toBe(401);
    expect((await garbage.get(PARTNER_ROUTE, from('192.0.2.4'))).status).toBe(429);
    expect((await garbage.get(PARTNER_ROUTE, from('192.0.2.5'))).status).toBe(401);
  });

  it('are neither expired tokens nor revoked keys, nor requests without a credential', async ({
    paydesk,
    clock,
  }) => {
    const user = await paydesk.user(someUser());
    const expiring = await paydesk.partner('expiring', { expiresAt: new Date(clock.now().getTime() + 1) });
    await expiring.get(PARTNER_ROUTE);
    clock.moveSeconds(16 * 60);
    const statuses = [];
    for (let index = 0; index <= LIMIT; index += 1) {
      for (const caller of [user, expiring, paydesk.stranger()])
        statuses.push((await caller.get(PARTNER_ROUTE, from('192.0.2.6'))).status);
    }
    expect(new Set(statuses)).toEqual(new Set([401]));
    expect((await sendWrongKeys(paydesk, '192.0.2.6', 1))[0]?.status).toBe(401);
  });
});
