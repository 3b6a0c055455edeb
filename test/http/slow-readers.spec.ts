import { describe, expect } from 'vitest';
import { paydeskTest } from '../support/paydesk-test.js';
import { exchange, readAll, sendRaw } from '../support/raw-request.js';

const HOST = 'Host: paydesk\r\n';
const LIVE_CLOSE = `GET /health/live HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`;
const BUNDLE = `GET /docs/swagger-ui-bundle.js HTTP/1.1\r\n${HOST}\r\n`;

const it = paydeskTest({ environment: { REQUEST_TIMEOUT_MS: '1000', MAX_CONNECTIONS: '1' } });

describe('a client that reads nothing', () => {
  it('is disconnected, and until then there are no more connections than MAX_CONNECTIONS', async ({
    paydesk,
  }) => {
    const socket = sendRaw(paydesk.url, BUNDLE.repeat(10));
    socket.once('readable', () => undefined);
    const isLive = () => exchange(paydesk.url, LIVE_CLOSE);
    await expect.poll(isLive).toContain('200 OK');
    const received = await readAll(socket);
    expect(received.split('HTTP/1.1 200 OK').length).toBeLessThan(11);
  });
});
