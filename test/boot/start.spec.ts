import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { freePort } from '#embedded-postgres/free-port.js';
import { Caller } from '../support/caller.js';
import { startCollector } from '../support/collector.js';
import { bareEnvironment, failToStart, startService } from '../support/service-process.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';

const run = promisify(execFile);

/** Makes a process say at its end what it has used. */
const REPORTS = ['promise-hooks', 'open-telemetry']
  .map((name) => `--import=${new URL(`../support/report-${name}.mjs`, import.meta.url).href}`)
  .join(' ');

/** What a sandbox in a container needs. */
const OFF_LOOPBACK_SANDBOX = {
  MODE: 'sandbox',
  HOST: '0.0.0.0',
  ALLOW_INSECURE: 'local-issuer,embedded-database',
  JWT_AUDIENCE: 'paydesk',
  REDIRECT_ORIGINS: 'https://shop.example',
};

const it = test
  .extend('folder', async ({ onTestFinished }) => {
    const folder = await makeTemporaryFolder();
    onTestFinished(() => removeFolder(folder));
    return folder;
  })
  .extend('dataDir', ({ folder }) => join(folder, 'data'))
  .extend('start', ({ dataDir, onTestFinished }) => async (environment?: Record<string, string>) => {
    const service = await startService(dataDir, environment);
    onTestFinished(async () => void (await service.end('SIGTERM')));
    return service;
  })
  .extend('token', ({ dataDir }) => async (...words: string[]) => {
    const { stdout } = await run(process.execPath, ['dist/bundle/token.js', ...words], {
      env: { ...bareEnvironment(), DATA_DIR: dataDir },
    });
    return stdout;
  });

describe('npm start', () => {
  it('prints its URL, the docs, its mode and how to get a credential, without secrets', async ({ start }) => {
    const service = await start();
    const output = service.output();
    expect(output).toContain(`${service.url}/docs`);
    expect(output).toMatch(/mode +sandbox, no money moves/);
    expect(output).toContain('npm run -s token -- user USER_ID');
    expect(output).not.toMatch(/sk_test|postgresql:\/\/|password/i);
    expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
    expect((await fetch(`${service.url}/docs`)).status).toBe(200);
    expect(await service.end('SIGTERM')).toBe(0);
  });

  it('serves the document of openapi.json, for which the bundle has to keep names', async ({ start }) => {
    const { url } = await start();
    const { paths, components } = (await (await fetch(`${url}/docs/openapi.json`)).json()) as typeof written;
    const written = JSON.parse(await readFile('openapi.json', 'utf8')) as {
      paths: object;
      components: object;
    };
    expect({ paths, components }).toEqual({ paths: written.paths, components: written.components });
  });

  it('keeps credentials, customers and cards after a stop and after a kill -9', async ({ start, token }) => {
    let service = await start();
    const partnerKey = (await token('partner', 'acme')).trim();
    const partner = () => new Caller(service.url, partnerKey);
    const { body } = await partner().post('/partners/user/alice/setup_intent');
    const [setupIntent] = String(body.client_secret).split('_secret_');
    const confirmed = await fetch(`${service.sandboxUrl}/v1/setup_intents/${setupIntent}/confirm`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_any' },
      body: new URLSearchParams({ payment_method: 'pm_card_visa', return_url: 'https://example.com' }),
    });
    expect(confirmed.status).toBe(200);
    const cards = async () => (await partner().get('/partners/user/alice/payment_methods')).body;
    const before = await cards();
    expect(before).toMatchObject([{ last4: '4242' }]);

    expect(await service.end('SIGINT')).toBe(0);
    service = await start();
    expect(await cards()).toEqual(before);

    expect(await service.end('SIGKILL')).toBeNull();
    service = await start();
    expect(await cards()).toEqual(before);
    expect(await service.end('SIGTERM')).toBe(0);
  });

  it('handles requests without promise hooks, which AsyncLocalStorage needs on Node 20', async ({
    start,
    token,
  }) => {
    const service = await start({ NODE_OPTIONS: REPORTS });
    const partner = new Caller(service.url, (await token('partner', 'acme')).trim());
    expect((await partner.post('/partners/user/alice/setup_intent')).status).toBe(201);
    expect((await partner.get('/partners/user/alice/payments')).status).toBe(200);
    expect(await service.end('SIGTERM')).toBe(0);
    expect(service.output()).toContain('promise hooks: off');
    expect(service.output()).not.toContain('OpenTelemetry: loaded');
  });

  it('loads OpenTelemetry only if traces are sent somewhere, and sends the last ones when it stops', async ({
    start,
    onTestFinished,
  }) => {
    const collector = await startCollector();
    onTestFinished(() => collector.close());
    const service = await start({ NODE_OPTIONS: REPORTS, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
    expect(await service.end('SIGTERM')).toBe(0);
    expect(service.output()).toContain('OpenTelemetry: loaded');
    expect(collector.spans.map(({ name }) => name)).toContain('GET /health/live');
  });

  it('receives the events of its sandbox', async ({ start }) => {
    const service = await start({ PORT: String(await freePort()) });
    const ask = (path: string, body?: URLSearchParams) =>
      fetch(service.sandboxUrl + path, {
        method: 'POST',
        headers: { authorization: 'Bearer sk_test_any' },
        ...(body && { body }),
      });
    await ask('/v1/products', new URLSearchParams({ name: 'Checkup' }));
    const flushed = await ask('/_sandbox/webhooks/flush');
    expect(await flushed.json()).toMatchObject({ pending: [] });
    const endpoints = await fetch(`${service.sandboxUrl}/v1/webhook_endpoints`, {
      headers: { authorization: 'Bearer sk_test_any' },
    });
    expect(await endpoints.json()).toMatchObject({
      data: [
        {
          url: `${service.url}/webhooks/stripe`,
          status: 'enabled',
          enabled_events: expect.arrayContaining(['customer.deleted']),
        },
      ],
    });
  });

  it.for<[Record<string, string>, RegExp]>([
    [{ PORT: 'high' }, /^paydesk: PORT [^\n]+\n$/],
    [{ STRIPE_SECRET_KEY: 'nonsense' }, /^paydesk: STRIPE_SECRET_KEY [^\n]+\n$/],
    [{ BUSINESS_TIMEZONE: 'Mars/Olympus' }, /^paydesk: BUSINESS_TIMEZONE [^\n]+\n$/],
    [{ DATABASE_URL: 'postgresql://u:hunter2@127.0.0.1:9/none' }, /^paydesk: DATABASE_URL [^\n]+\n$/],
    [{ DATABASE_URL: 'postgresql://u:hunter2%@127.0.0.1:9/none' }, /^paydesk: DATABASE_URL [^\n]+\n$/],
    [{ DATABASE_URL: 'postgresql://u:hunter2@127.0.0.1:none/none' }, /^paydesk: DATABASE_URL [^\n]+\n$/],
    [{ DATA_DIR: '/dev/null/hunter2' }, /^paydesk: DATA_DIR [^\n]+\n$/],
    [{ ...OFF_LOOPBACK_SANDBOX, HOST: '192.0.2.1' }, /^paydesk: HOST [^\n]+\n$/],
    [{ PORT: '' }, /^paydesk: PORT must not be empty[^\n]+\n$/],
    [
      { STRIPE_SECRET_KEY: '', NODE_ENV: 'production', HOST: '0.0.0.0' },
      /^paydesk: STRIPE_SECRET_KEY [^\n]+\n$/,
    ],
    [{ NODE_ENV: 'production' }, /^paydesk: MODE is not set[^\n]+\n$/],
    [{ HOST: '0.0.0.0' }, /^paydesk: MODE is not set[^\n]+\n$/],
    [{ MODE: 'live', STRIPE_SECRET_KEY: 'sk_test_hunter2' }, /^paydesk: MODE contradicts [^\n]+\n$/],
    [{ STRIPE_SECRET_KEY: 'sk_live_hunter2', HOST: '0.0.0.0' }, /^paydesk: JWKS_URL is not set[^\n]+\n$/],
    [
      { ...OFF_LOOPBACK_SANDBOX, DATABASE_URL: 'postgresql://u:hunter2@db.example/paydesk' },
      /^paydesk: DATABASE_URL must use TLS [^\n]+\n$/,
    ],
  ])('stops with one line for %j', async ([environment, line], { dataDir }) => {
    const { code, output } = await failToStart(dataDir, environment);
    expect(code).toBe(1);
    expect(output).toMatch(line);
    expect(output).not.toContain('hunter2');
  });

  it('starts a sandbox in production and off loopback if MODE says so', async ({ start }) => {
    const service = await start({ ...OFF_LOOPBACK_SANDBOX, NODE_ENV: 'production' });
    expect(service.output()).toMatch(/mode +sandbox, no money moves/);
    const { port } = new URL(service.url);
    expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
  });

  it('issues no credential with settings that it would not start with', async ({ dataDir }) => {
    const token = run(process.execPath, ['dist/bundle/token.js', 'partner', 'acme'], {
      env: { ...bareEnvironment(), DATA_DIR: dataDir, NODE_ENV: 'production' },
    });
    await expect(token).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^paydesk: MODE is not set[^\n]+\n$/),
    });
  });

  it('sends no password to a database without TLS that sslmode=verify-full asks for', async ({ dataDir }) => {
    const received: Buffer[] = [];
    // Answers the SSLRequest with "no": https://www.postgresql.org/docs/current/protocol-flow.html
    const server = createServer((socket) => {
      socket.on('data', (chunk) => received.push(chunk) && socket.write('N'));
      socket.on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const DATABASE_URL = `postgresql://u:hunter2@127.0.0.1:${port}/paydesk?sslmode=verify-full`;
    const { code, output } = await failToStart(dataDir, { DATABASE_URL });
    server.close();
    expect(code).toBe(1);
    expect(output).toMatch(/^paydesk: DATABASE_URL [^\n]+\n$/);
    expect(Buffer.concat(received)).toHaveLength(8);
  });

  it('names the port that is in use, and leaves no PostgreSQL running', async ({ folder, start }) => {
    const { url } = await start();
    const other = join(folder, 'other');
    const { code, output } = await failToStart(other, { PORT: new URL(url).port });
    expect({ code, output }).toEqual({
      code: 1,
      output: expect.stringMatching(/^paydesk: PORT is in use[^\n]*\n$/m),
    });
    expect(output).not.toContain('{');
    const files = await readdir(other, { recursive: true });
    expect(files.filter((file) => file.endsWith('PG_VERSION'))).not.toEqual([]);
    expect(files.filter((file) => file.endsWith('postmaster.pid'))).toEqual([]);
  });

  it('refuses a data folder that another process uses', async ({ dataDir, start }) => {
    await start();
    const { code, output } = await failToStart(dataDir, {});
    expect(code).toBe(1);
    expect(output).toMatch(/^paydesk: Another sandbox is running on [^\n]+: stop it first\n$/m);
  });

  describe('npm run token', () => {
    it('prints one credential and nothing else, whether the service runs or not', async ({
      start,
      token,
    }) => {
      expect(await token('user', 'alice')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
      expect(await token('partner', 'acme')).toMatch(/^pdk_partner_[\w-]{43}\n$/);
      const serviceKey = await token('service', 'shop');
      expect(serviceKey).toMatch(/^pdk_service_[\w-]{43}\n$/);
      const { url } = await start();
      const userToken = await token('user', 'alice');
      const { status } = await new Caller(url, userToken.trim()).get('/payments/get-history');
      expect(status).toBe(200);
      const { status: known } = await new Caller(url, serviceKey.trim()).get('/customers/nobody');
      expect(known).toBe(404);
    });

    it.for([[[]], [['admin', 'x']], [['user']], [['user', '..']], [['user', 'a', 'b']]])(
      'tells how it is used for %j',
      async ([words = []], { token }) => {
        await expect(token(...words)).rejects.toMatchObject({
          code: 1,
          stdout: '',
          stderr: expect.stringMatching(/^paydesk: usage: [^\n]+\n$/),
        });
      },
    );
  });
});
