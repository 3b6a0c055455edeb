import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Caller } from '../support/caller.js';
import { bareEnvironment, type ServiceProcess, startService } from '../support/service-process.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';

const run = promisify(execFile);
const FOREVER_MS = 600_000;

let folder: string;
let dataDir: string;
let service: ServiceProcess;

beforeAll(async () => {
  folder = await makeTemporaryFolder();
  dataDir = join(folder, 'data');
  service = await startService(dataDir);
});
afterAll(() => removeFolder(folder));

/** The sandbox's own surface. */
async function sandbox(method: string, path: string, body?: object) {
  const init = { method, ...(body && { body: JSON.stringify(body) }) };
  const response = await fetch(`${service.sandboxUrl}/_sandbox${path}`, init);
  expect(response.status).toBe(200);
  return response.json();
}

it('answers what is in flight when SIGTERM arrives, and takes on nothing more', async () => {
  const { stdout } = await run(process.execPath, ['dist/src/token.js', 'partner', 'acme'], {
    env: { ...bareEnvironment(), DATA_DIR: dataDir },
  });
  const partner = new Caller(service.url, stdout.trim());
  await sandbox('POST', '/faults', { path: '/v1/setup_intents', kinds: ['wait'], waitMs: FOREVER_MS });
  const answer = partner.post('/partners/user/alice/setup_intent');
  await vi.waitFor(
    async () => expect(await sandbox('GET', '/faults')).toMatchObject([{ struck: { wait: 1 } }]),
    {
      timeout: 15_000,
    },
  );

  const ended = service.end('SIGTERM');
  await vi.waitFor(() => expect(fetch(`${service.url}/health/live`)).rejects.toThrow('fetch failed'), {
    timeout: 15_000,
  });
  await sandbox('DELETE', '/faults');
  expect((await answer).status).toBe(201);
  expect(await ended).toBe(0);
});
