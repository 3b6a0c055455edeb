import { describe, expect } from 'vitest';
import { FOREVER_MS } from '../support/durations.js';
import { readMetrics } from '../support/metrics.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { exchange, readAll, sendRaw } from '../support/raw-request.js';
import { someUser } from '../support/saved-card.js';

const HOST = 'Host: paydesk\r\n';
const LIVE = `GET /health/live HTTP/1.1\r\n${HOST}\r\n`;
const LIVE_CLOSE = `GET /health/live HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`;

const it = paydeskTest({ environment: { METRICS_PORT: '0' } });

describe('pipelined requests', () => {
  it('are answered one after the other', async ({ paydesk, partner }) => {
    const hang = paydesk.sandbox.faults.add({ path: '/v1/customers', kinds: ['wait'], waitMs: FOREVER_MS });
    const requests = ['alice', 'bob'].map(
      (user) =>
        `POST /partners/user/${user}/setup_intent HTTP/1.1\r\n${HOST}` +
        `Authorization: ${partner.authorization['authorization']}\r\n`,
    );
    const responses = exchange(paydesk.url, `${requests.join('\r\n')}Connection: close\r\n\r\n`);
    await expect.poll(() => hang.injected.wait).toBe(1);
    expect((await partner.post('/partners/user/carol/setup_intent')).status).toBe(201);
    const created = paydesk.stripeCalls.filter((call) => call === 'POST /v1/customers');
    expect(created).toHaveLength(1);
    paydesk.sandbox.faults.clear();
    expect((await responses).match(/HTTP\/1\.1 201 /g)).toHaveLength(2);
  });

  // https://www.rfc-editor.org/rfc/rfc9112#section-9.6: a server does not process what follows a response that closes.
  it.for<[string, string]>([
    ['not-found', `POST /nothing HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n`],
    ['too large', `POST /nothing HTTP/1.1\r\n${HOST}Content-Length: 3000000\r\n\r\n${'x'.repeat(3_000_000)}`],
  ])(
    'are not handled after a response that closes the connection: %s',
    async ([, first], { paydesk, partner }) => {
      const next =
        `POST /partners/user/${someUser()}/setup_intent HTTP/1.1\r\n${HOST}` +
        `Authorization: ${partner.authorization['authorization']}\r\n\r\n`;
      const sent = paydesk.stripeCalls.length;
      const responses = await exchange(paydesk.url, first + next);
      expect(responses.match(/HTTP\/1\.1 /g)).toHaveLength(1);
      await expect.poll(async () => (await readMetrics(paydesk))['paydesk_http_requests_running']).toBe(0);
      expect(paydesk.stripeCalls).toHaveLength(sent);
    },
  );

  it('are answered if up to 16 wait', async ({ paydesk }) => {
    const responses = await exchange(paydesk.url, LIVE.repeat(16) + LIVE_CLOSE);
    expect(responses.match(/HTTP\/1\.1 200 /g)).toHaveLength(17);
  });

  describe('with long headers', () => {
    const long = LIVE.replace('\r\n\r\n', `\r\nX-Long: ${'x'.repeat(15_000)}\r\n\r\n`);

    const ofAHangingRequest = it.extend('answerAfter', ({ paydesk, partner }) => async (waiting: string) => {
      const hang = paydesk.sandbox.faults.add({ path: '/v1/customers', kinds: ['wait'], waitMs: FOREVER_MS });
      const first = `POST /partners/user/${someUser()}/setup_intent HTTP/1.1\r\n${HOST}`;
      const socket = sendRaw(
        paydesk.url,
        `${first}Authorization: ${partner.authorization['authorization']}\r\n\r\n`,
      );
      const responses = readAll(socket);
      await expect.poll(() => hang.injected.wait).toBe(1);
      socket.write(waiting);
      const next = await partner.post(`/partners/user/${someUser()}/setup_intent`);
      expect(next.status).toBe(201);
      paydesk.sandbox.faults.clear();
      return responses;
    });

    ofAHangingRequest('are answered if less than 64 KiB wait', async ({ answerAfter }) => {
      expect((await answerAfter(long.repeat(3) + LIVE_CLOSE)).match(/HTTP\/1\.1 200 /g)).toHaveLength(4);
    });

    ofAHangingRequest('close the connection if much more than 64 KiB wait', async ({ answerAfter }) => {
      expect(await answerAfter(long.repeat(15) + LIVE_CLOSE)).toBe('');
    });
  });

  it('close the connection if more than 16 wait', async ({ paydesk }) => {
    expect(await exchange(paydesk.url, LIVE.repeat(18))).toBe('');
  });
});
