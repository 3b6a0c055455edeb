import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Caller } from '../support/caller.js';
import {
  bareEnvironment,
  failToStart,
  type ServiceProcess,
  startService,
} from '../support/service-process.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';

const run = promisify(execFile);

/** A port that nobody uses right now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function token(dataDir: string, ...words: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, ['dist/src/token.js', ...words], {
    env: { ...bareEnvironment(), DATA_DIR: dataDir },
  });
  return stdout;
}

describe('npm start', () => {
  let folder: string;
  let dataDir: string;

  beforeAll(async () => {
    folder = await makeTemporaryFolder();
    dataDir = join(folder, 'data');
  });
  afterAll(() => removeFolder(folder));

  async function withService(use: (service: ServiceProcess) => Promise<void>): Promise<void> {
    const service = await startService(dataDir);
    try {
      await use(service);
    } finally {
      expect(await service.end('SIGTERM')).toBe(0);
    }
  }

  it('says where it listens, where the docs are, its mode and how to get a credential, and nothing secret', async () => {
    await withService(async (service) => {
      const output = service.output();
      expect(output).toContain(`${service.url}/docs`);
      expect(output).toMatch(/mode +sandbox, no money moves/);
      expect(output).toContain('npm run -s token -- user USER_ID');
      expect(output).not.toMatch(/sk_test|postgresql:\/\/|password/i);
      expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
      expect((await fetch(`${service.url}/docs`)).status).toBe(200);
    });
  });

  it('keeps credentials, customers and cards over a stop and a kill -9', async () => {
    let service = await startService(dataDir);
    const partnerKey = (await token(dataDir, 'partner', 'acme')).trim();
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
    service = await startService(dataDir);
    expect(await cards()).toEqual(before);

    expect(await service.end('SIGKILL')).toBeNull();
    service = await startService(dataDir);
    expect(await cards()).toEqual(before);
    expect(await service.end('SIGTERM')).toBe(0);
  });

  it('is told by its sandbox of what happens there', async () => {
    const service = await startService(dataDir, { PORT: String(await freePort()) });
    const ask = (path: string, body?: URLSearchParams) =>
      fetch(service.sandboxUrl + path, {
        method: 'POST',
        headers: { authorization: 'Bearer sk_test_any' },
        ...(body && { body }),
      });
    try {
      await ask('/v1/products', new URLSearchParams({ name: 'Checkup' }));
      const flushed = await ask('/_sandbox/webhooks/flush');
      expect(await flushed.json()).toMatchObject({ pending: [] });
      const endpoints = await fetch(`${service.sandboxUrl}/v1/webhook_endpoints`, {
        headers: { authorization: 'Bearer sk_test_any' },
      });
      expect(await endpoints.json()).toMatchObject({
        data: [{ url: `${service.url}/webhooks/stripe`, status: 'enabled' }],
      });
    } finally {
      await service.end('SIGTERM');
    }
  });

  it.each([
    [{ PORT: 'high' }, /^paydesk: PORT [^\n]+\n$/],
    [{ STRIPE_SECRET_KEY: 'nonsense' }, /^paydesk: STRIPE_SECRET_KEY [^\n]+\n$/],
    [{ BUSINESS_TIMEZONE: 'Mars/Olympus' }, /^paydesk: BUSINESS_TIMEZONE [^\n]+\n$/],
    [{ DATABASE_URL: 'postgresql://u:hunter2@127.0.0.1:9/none' }, /^paydesk: DATABASE_URL [^\n]+\n$/],
    [{ DATABASE_URL: 'postgresql://u:hunter2%@127.0.0.1:9/none' }, /^paydesk: DATABASE_URL [^\n]+\n$/],
    [{ DATABASE_URL: 'postgresql://u:hunter2@127.0.0.1:none/none' }, /^paydesk: DATABASE_URL [^\n]+\n$/],
    [{ DATA_DIR: '/dev/null/hunter2' }, /^paydesk: DATA_DIR [^\n]+\n$/],
    [{ HOST: '192.0.2.1' }, /^paydesk: HOST [^\n]+\n$/],
  ])('stops with one line for %j', async (environment, line) => {
    const { code, output } = await failToStart(dataDir, environment);
    expect(code).toBe(1);
    expect(output).toMatch(line);
    expect(output).not.toContain('hunter2');
  });

  it('names the port that is in use', async () => {
    await withService(async ({ url }) => {
      const other = join(folder, 'other');
      const { code, output } = await failToStart(other, { PORT: new URL(url).port });
      expect({ code, output }).toEqual({
        code: 1,
        output: expect.stringMatching(/^paydesk: PORT is in use[^\n]*\n$/m),
      });
      expect(output).not.toContain('{');
    });
  });

  it('leaves a data folder to the one that uses it', async () => {
    await withService(async () => {
      const { code, output } = await failToStart(dataDir, {});
      expect(code).toBe(1);
      expect(output).toMatch(/^paydesk: Another sandbox is running on [^\n]+: stop it first\n$/m);
    });
  });

  describe('npm run token', () => {
    it('prints one credential and nothing else, whether the service runs or not', async () => {
      expect(await token(dataDir, 'user', 'alice')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
      expect(await token(dataDir, 'partner', 'acme')).toMatch(/^pdk_partner_[\w-]{43}\n$/);
      const serviceKey = await token(dataDir, 'service', 'shop');
      expect(serviceKey).toMatch(/^pdk_service_[\w-]{43}\n$/);
      await withService(async ({ url }) => {
        const userToken = await token(dataDir, 'user', 'alice');
        const { status } = await new Caller(url, userToken.trim()).get('/payments/get-history');
        expect(status).toBe(200);
        const { status: known } = await new Caller(url, serviceKey.trim()).get('/customers/nobody');
        expect(known).toBe(404);
      });
    });

    it.each([[[]], [['admin', 'x']], [['user']], [['user', 'a b']], [['user', 'a', 'b']]])(
      'tells how it is used for %j',
      async (words: string[]) => {
        await expect(token(dataDir, ...words)).rejects.toMatchObject({
          code: 1,
          stdout: '',
          stderr: expect.stringMatching(/^paydesk: usage: [^\n]+\n$/),
        });
      },
    );
  });
});
