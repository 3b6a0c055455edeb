#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { createSandbox } from './create-sandbox.js';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '12111' },
      host: { type: 'string', default: '127.0.0.1' },
      'host-name': { type: 'string', multiple: true },
      'data-dir': { type: 'string' },
      webhook: { type: 'string' },
      'api-version': { type: 'string' },
    },
  });
  const sandbox = await createSandbox({
    port: portFrom(values.port),
    host: values.host,
    hostNames: values['host-name'],
    dataDir: values['data-dir'],
    apiVersion: values['api-version'],
    webhook: values.webhook === undefined ? undefined : { url: values.webhook },
  });
  process.stdout.write(`Stripe sandbox on ${sandbox.url}; any sk_test_ key works.\n`);
  if (sandbox.webhookSecret) {
    process.stdout.write(`Webhooks to ${values.webhook}, signed with ${sandbox.webhookSecret}\n`);
  }
  const stop = (): void => void sandbox.close().then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function portFrom(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new Error('--port must be a whole number from 0 to 65535');
}

main().catch((error: Error) => {
  process.stderr.write(`stripe-sandbox: ${error.message}\n`);
  process.exit(1);
});
