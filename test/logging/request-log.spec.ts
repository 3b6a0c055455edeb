import { describe, expect, vi } from 'vitest';
import { Caller } from '../support/caller.js';
import { FOREVER_MS } from '../support/durations.js';
import { expectProblem } from '../support/expect-problem.js';
import { sendRaw } from '../support/raw-request.js';
import { saveCard, someUser } from '../support/saved-card.js';
import { paydeskTest } from '../support/paydesk-test.js';

/** Without a limit of its own: that of the test is enough. */
function waitUntil<T>(read: () => T) {
  return vi.waitUntil(read, { timeout: 120_000 });
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const it = paydeskTest({ environment: { LOG_LEVEL: 'info' } }).extend(
  'linesOf',
  ({ paydesk }) =>
    (requestId: string | null) =>
      paydesk.log.filter((line) => line['requestId'] === requestId),
);

describe('the log', () => {
  it('has one line a request, with the pattern of its route', async ({ paydesk, partner, linesOf }) => {
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    const { headers } = await partner.post(`/partners/user/${user}/payment_intent`, {
      amount: '3000',
      description: 'Wellness exam',
      stripe_payment_method_id: card,
    });
    const charge = await waitUntil(() => linesOf(headers.get('x-request-id'))[0]);
    expect(linesOf(headers.get('x-request-id'))).toHaveLength(1);
    expect(charge).toEqual({
      level: 30,
      time: expect.any(Number),
      pid: expect.any(Number),
      hostname: expect.any(String),
      requestId: expect.stringMatching(UUID),
      method: 'POST',
      route: '/partners/user/:user_id/payment_intent',
      status: 201,
      ms: expect.any(Number),
      caller: 'partner:acme',
      keyId: expect.stringMatching(UUID),
      operationId: expect.stringMatching(UUID),
      stripeRequestIds: expect.arrayContaining([expect.stringMatching(/^req_/)]),
      msg: 'request',
    });
  });

  it("has a pseudonym of a user instead of the id, the same for each of the user's requests", async ({
    paydesk,
    linesOf,
  }) => {
    const callerOf = async (userId: string) => {
      const { headers } = await (await paydesk.user(userId)).get('/payments/get-history');
      return (await waitUntil(() => linesOf(headers.get('x-request-id'))[0]))['caller'];
    };
    const bob = await callerOf('bob@example.com');
    expect(bob).toMatch(/^issuer:paydesk\/user:[\w-]{22}$/);
    expect(await callerOf('bob@example.com')).toBe(bob);
    expect(await callerOf('eve@example.com')).not.toBe(bob);
    expect(JSON.stringify(paydesk.log)).not.toContain('@example.com');
  });

  it('has a line for a request without a route or a credential, and none of its URL', async ({
    paydesk,
    linesOf,
  }) => {
    const stranger = paydesk.stranger();
    const [unknown, foreign] = await Promise.all([
      stranger.get('/nowhere/4242424242424242?email=bob@example.com'),
      stranger.get('/partners/user/bob@example.com/payments?secret=sk_live_abc'),
    ]);
    expectProblem(unknown, 'not-found');
    expectProblem(foreign, 'unauthorized');
    const unknownLine = await waitUntil(() => linesOf(unknown.headers.get('x-request-id'))[0]);
    expect(unknownLine).toMatchObject({ method: 'GET', route: 'none', status: 404 });
    const foreignLine = await waitUntil(() => linesOf(foreign.headers.get('x-request-id'))[0]);
    expect(foreignLine).toMatchObject({ route: '/partners/user/:user_id/payments', status: 401 });
    expect(JSON.stringify(paydesk.log)).not.toMatch(/4242|@|sk_live|nowhere/);
  });

  it.for([
    ['without a body', ''],
    ['with a body', 'Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}'],
  ])(
    'has a line for a request %s whose caller does not wait',
    async ([id = '', end], { paydesk, partner, linesOf }) => {
      const { faults } = paydesk.sandbox;
      const hang = faults.add({ method: 'POST', path: '/v1/customers', kinds: ['wait'], waitMs: FOREVER_MS });
      const { authorization = '' } = partner.authorization;
      const requestId = id.replaceAll(' ', '-');
      const socket = sendRaw(
        paydesk.url,
        `POST /partners/user/${someUser()}/setup_intent HTTP/1.1\r\nHost: paydesk\r\nAuthorization: ${authorization}\r\n` +
          `X-Request-Id: ${requestId}\r\n${end || '\r\n'}`,
      );
      await waitUntil(() => hang.injected.wait);
      socket.destroy();
      const line = await waitUntil(() => linesOf(requestId)[0]);
      expect(line).toMatchObject({ aborted: true, route: '/partners/user/:user_id/setup_intent' });
    },
  );

  it('cannot be given a forged line', async ({ paydesk, linesOf }) => {
    const forged = '\n{"level":60,"msg":"forged"}';
    const { headers } = await new Caller(paydesk.url).get(`/${encodeURIComponent(forged)}`, {
      'user-agent': 'x","level":60,"msg":"forged',
    });
    await waitUntil(() => linesOf(headers.get('x-request-id'))[0]);
    expect(paydesk.log.filter(({ msg }) => msg === 'forged')).toEqual([]);
  });
});

describe('the id of a request', () => {
  it("is the caller's, also in a problem", async ({ paydesk }) => {
    const { headers, body } = await paydesk.stranger().get('/nowhere', { 'x-request-id': 'trace-1.A_b' });
    expect(headers.get('x-request-id')).toBe('trace-1.A_b');
    expect(body.instance).toBe('urn:paydesk:request:trace-1.A_b');
  });

  it.for([
    ['a URL that cannot be decoded', '/%c0'],
    ['a long parameter', `/partners/user/${'x'.repeat(4000)}/payments`],
    ['a health check', '/health/live'],
  ])('is answered for %s', async ([, path = ''], { paydesk }) => {
    const { headers } = await paydesk.stranger().get(path, { 'x-request-id': 'trace-2' });
    expect(headers.get('x-request-id')).toBe('trace-2');
  });
});
