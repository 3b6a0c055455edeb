import { once } from 'node:events';
import { expect, onTestFinished } from 'vitest';
import { StripeConnection } from '#stripe/stripe-connection.js';
import { serveMetrics } from '../../src/boot/metrics-server.js';
import { createApp } from '../../src/create-app.js';
import { readMetrics } from '../support/metrics.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { sendRaw } from '../support/raw-request.js';

/** More than the operating system takes for a client that reads nothing. */
const LARGE_BYTES = 64 * 1024 * 1024;
const ROUTE = '/large';

/** The application with a route that has a large answer, which none of its own has. */
const it = paydeskTest({ environment: { LOG_LEVEL: 'info', METRICS_PORT: '0' } }).extend(
  'large',
  async ({ paydesk, clock }, { onCleanup }) => {
    const { settings, databaseUrl, logTo, sandbox } = paydesk;
    const stripe = new StripeConnection('sk_test_paydesk', sandbox.url);
    const app = await createApp({ settings, clock, databaseUrl, stripe }, logTo);
    const fastify = app.getHttpAdapter().getInstance();
    const config = { access: 'anyone' as const };
    fastify.get(ROUTE, { config }, (_request, reply) => reply.send(Buffer.alloc(LARGE_BYTES)));
    await app.listen(0, '127.0.0.1');
    const metrics = await serveMetrics(app, settings);
    onCleanup(async () => {
      await metrics?.stop();
      await app.close();
    });
    return { url: await app.getUrl(), metricsUrl: metrics?.url };
  },
);

it('a request whose client goes while its answer is written is not answered', async ({ paydesk, large }) => {
  const socket = sendRaw(large.url, `GET ${ROUTE} HTTP/1.1\r\nHost: paydesk\r\n\r\n`);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'readable');
  socket.destroy();
  const lines = () => paydesk.log.filter(({ route }) => route === ROUTE);
  await expect.poll(lines).toHaveLength(1);
  expect(lines()[0]).toMatchObject({ aborted: true });
  expect(lines()[0]).not.toHaveProperty('status');
  const samples = await readMetrics({ ...paydesk, ...large });
  const counted = Object.entries(samples).filter(([name]) => name.includes(ROUTE));
  expect(counted).toEqual([[expect.stringContaining('paydesk_http_requests_aborted_total'), 1]]);
});
