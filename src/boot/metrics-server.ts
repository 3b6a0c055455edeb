import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Settings } from '../config/settings.js';
import { MetricsService } from '../metrics/metrics.service.js';
import { withSettingError } from './with-setting-error.js';

/** A server for Prometheus alone. */
export interface MetricsServer {
  /** Where the metrics are. */
  url: string;
  stop(): Promise<void>;
}

/**
 * Serves the metrics of an application on `METRICS_HOST` and `METRICS_PORT`, apart from callers. Undefined if
 * `METRICS_PORT` is not set.
 *
 * @throws {SettingsError} naming METRICS_PORT or METRICS_HOST
 */
export async function serveMetrics(
  app: NestFastifyApplication,
  { METRICS_HOST, METRICS_PORT }: Settings,
): Promise<MetricsServer | undefined> {
  if (METRICS_PORT === undefined) return undefined;
  const server = createServer(answerFrom(app.get(MetricsService, { strict: false })));
  await withSettingError(
    (code) => (code === 'EADDRINUSE' || code === 'EACCES' ? 'METRICS_PORT' : 'METRICS_HOST'),
    async () => {
      server.listen(METRICS_PORT, METRICS_HOST);
      await once(server, 'listening');
    },
  );
  const { port } = server.address() as AddressInfo;
  const host = METRICS_HOST.includes(':') ? `[${METRICS_HOST}]` : METRICS_HOST;
  return {
    url: `http://${host}:${port}/metrics`,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function answerFrom(metrics: MetricsService): RequestListener {
  return (request, response) => {
    if (request.url !== '/metrics' || request.method !== 'GET') {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('The metrics are at GET /metrics\n');
      return;
    }
    void metrics.text().then(
      (text) => response.writeHead(200, { 'Content-Type': metrics.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  };
}
