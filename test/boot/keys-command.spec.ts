import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_SCOPES } from '#core/scope.js';
import { Caller } from '../support/caller.js';
import { bareEnvironment, type ServiceProcess, startService } from '../support/service-process.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';

const run = promisify(execFile);
const DAY_MS = 24 * 60 * 60 * 1000;

let folder: string;
let service: ServiceProcess;

beforeAll(async () => {
  folder = await makeTemporaryFolder();
  service = await startService(join(folder, 'data'));
});
afterAll(async () => {
  await service.end('SIGTERM');
  await removeFolder(folder);
});

async function program(name: 'token' | 'keys', ...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [`dist/bundle/${name}.js`, ...args], {
    env: { ...bareEnvironment(), DATA_DIR: join(folder, 'data') },
  });
  return stdout.trimEnd();
}

async function statusWith(key: string, path = '/customers/somebody'): Promise<number> {
  return (await new Caller(service.url, key).get(path)).status;
}

/** The line of `keys list` about the key with this name. */
async function listed(name: string): Promise<string[]> {
  const lines = (await program('keys', 'list')).split('\n');
  return (lines.find((line) => line.includes(` ${name} `)) ?? '').split(/ {2,}/);
}

async function shown(id: string): Promise<Record<string, string>> {
  const lines = (await program('keys', 'show', id)).split('\n');
  return Object.fromEntries(lines.map((line) => line.split(/ {2,}/)));
}

describe('npm run token', () => {
  it('gives a service every scope but keys:admin', async () => {
    const key = await program('token', 'service', 'everything');
    expect(key).toMatch(/^pdk_service_[\w-]{43}$/);
    const [id = ''] = await listed('everything');
    expect(await shown(id)).toMatchObject({
      kind: 'service',
      name: 'everything',
      state: 'active',
      scopes: DEFAULT_SCOPES.join(','),
      label: '-',
      expires: '-',
      'last used': '-',
    });
  });

  it('gives exactly the scopes, the expiry and the label of its options', async () => {
    const options = ['--scopes', 'customers:read,keys:admin', '--expires', '90d', '--label', 'CRM, nightly'];
    const key = await program('token', 'service', 'narrow', ...options);
    expect(await statusWith(key)).toBe(404);
    expect(await statusWith(key, '/status?paymentID=cs_1')).toBe(403);
    const { id = '' } = { id: (await listed('narrow'))[0] };
    const { scopes, label, created = '', expires = '' } = await shown(id);
    expect({ scopes, label }).toEqual({ scopes: 'customers:read,keys:admin', label: 'CRM, nightly' });
    const lifetimeDays = (Date.parse(expires) - Date.parse(created)) / DAY_MS;
    expect(Math.round(lifetimeDays)).toBe(90);
  });

  it('refuses bad arguments in one line, and makes no key', async () => {
    const before = await program('keys', 'list');
    const refused: [string[], RegExp][] = [
      [
        ['partner', 'acme', '--scopes', 'keys:admin'],
        /^paydesk: scopes must not contain keys:admin[^\n]*\n$/,
      ],
      [
        ['partner', 'partner:acme'],
        /^paydesk: name must not begin with partner: or issuer:, as full tenants do\n$/,
      ],
      [['service', 'bad', '--scopes', 'admin'], /^paydesk: --scopes: "admin" is not one of [^\n]*\n$/],
      [['service', 'bad', '--scope', 'customers:read'], /^paydesk: usage: [^\n]*\n$/],
    ];
    for (const [args, line] of refused) {
      const failure = { code: 1, stdout: '', stderr: expect.stringMatching(line) };
      await expect(program('token', ...args)).rejects.toMatchObject(failure);
    }
    expect(await program('keys', 'list')).toBe(before);
  });
});

describe('npm run keys', () => {
  it('revokes a key, which no longer works', async () => {
    const key = await program('token', 'service', 'revoked');
    expect(await statusWith(key)).toBe(404);
    const [id = ''] = await listed('revoked');
    expect(await program('keys', 'revoke', id)).toMatch(/^state +revoked$/m);
    await expect.poll(() => statusWith(key)).toBe(401);
    expect(await program('keys', 'revoke', id)).toMatch(/^state +revoked$/m);
  });

  it('rotates a key: both work for the time of the overlap, and without one only the new key', async () => {
    const first = await program('token', 'partner', 'rotated', '--label', 'Clinic');
    const route = '/partners/user/alice/payments';
    const [id = ''] = await listed('rotated');
    const second = await program('keys', 'rotate', id, '--overlap', '24h');
    expect(second).toMatch(/^pdk_partner_[\w-]{43}$/);
    expect([await statusWith(first, route), await statusWith(second, route)]).toEqual([200, 200]);
    const old = await shown(id);
    expect(Math.round((Date.parse(old['expires'] ?? '') - Date.now()) / DAY_MS)).toBe(1);

    const [secondId = ''] = await listed('rotated');
    expect(await shown(secondId)).toMatchObject({ label: 'Clinic', replaces: id, expires: '-' });
    const third = await program('keys', 'rotate', secondId);
    await expect.poll(() => statusWith(second, route)).toBe(401);
    expect(await statusWith(third, route)).toBe(200);
  });

  it.each([
    [['rotate', '00000000-0000-4000-8000-000000000000'], /^paydesk: there is no such key\n$/],
    [['show', 'nonsense'], /^paydesk: "nonsense" is not the id of a key[^\n]*\n$/],
    [['revoke'], /^paydesk: usage: [^\n]*\n$/],
  ])('refuses %j in one line', async (args, line) => {
    await expect(program('keys', ...args)).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(line),
    });
  });

  it('does not rotate a key that was rotated or revoked', async () => {
    await program('token', 'service', 'once');
    const [id = ''] = await listed('once');
    await program('keys', 'rotate', id, '--overlap', '1h');
    const refusal = {
      code: 1,
      stderr: expect.stringMatching(/^paydesk: the key was replaced already[^\n]*\n$/),
    };
    await expect(program('keys', 'rotate', id)).rejects.toMatchObject(refusal);
    const [replacement = ''] = await listed('once');
    await program('keys', 'revoke', replacement);
    await expect(program('keys', 'rotate', replacement)).rejects.toMatchObject(refusal);
  });
});
