import { describe, expect } from 'vitest';
import { FOREVER_MS } from '../support/durations.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { exchange, parseResponse } from '../support/raw-request.js';
import { someUser } from '../support/saved-card.js';

const HOST = 'Host: paydesk\r\n';
const LIVE = `GET /health/live HTTP/1.1\r\n${HOST}\r\n`;
const JSON_HALF = 'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{';

const it = paydeskTest({ environment: { REQUEST_TIMEOUT_MS: '1000' } }).extend(
  'authorization',
  ({ partner }) => {
    return `Authorization: ${partner.authorization['authorization']}\r\n`;
  },
);

describe('a connection is closed', () => {
  it.for<[what: string, head: string]>([
    ['nothing', ''],
    ['half of the headers', `POST /pay HTTP/1.1\r\n${HOST}`],
    ['half of the headers of its second request', `${LIVE}GET /`],
  ])('with 408 if %s arrives', async ([_what, head], { paydesk }) => {
    const response = await exchange(paydesk.url, head);
    expect(response).toMatch(/HTTP\/1\.1 408 Request Timeout\r\n[^]*urn:paydesk:request-timeout/);
  });

  it('with 408 if half of a body arrives', async ({ paydesk, authorization }) => {
    const head = `POST /partners/user/u/setup_intent HTTP/1.1\r\n${HOST}${authorization}`;
    const { status, document } = parseResponse(await exchange(paydesk.url, head + JSON_HALF));
    expect({ status, type: document.type }).toEqual({ status: 408, type: 'urn:paydesk:request-timeout' });
  });

  it('without a second answer if its request was refused before', async ({ paydesk }) => {
    const response = await exchange(paydesk.url, `POST /pay HTTP/1.1\r\n${HOST}${JSON_HALF}`);
    expect(parseResponse(response).status).toBe(401);
  });

  it('without an answer to the next request before that to the first', async ({ paydesk, authorization }) => {
    const hang = paydesk.sandbox.faults.add({ path: '/v1/customers', kinds: ['wait'], waitMs: FOREVER_MS });
    const first = `POST /partners/user/${someUser()}/setup_intent HTTP/1.1\r\n${HOST}${authorization}`;
    const response = exchange(paydesk.url, `${first}\r\nGET /`);
    await expect.poll(() => hang.injected.wait).toBe(1);
    expect(await response).toBe('');
  });
});
