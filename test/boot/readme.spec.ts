import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bareEnvironment, type ServiceProcess, startService } from '../support/service-process.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';

// `sh start` and `sh test` are run by .ci/run, in a clean copy.
const WALK_THROUGH = /^```sh\n(.*?)^```$/gms;
const hasCurl = spawnSync('curl', ['--version']).status === 0;

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

it.skipIf(!hasCurl)('the commands of the README do what it says', async () => {
  const readme = await readFile('README.md', 'utf8');
  const blocks = [...readme.matchAll(WALK_THROUGH)].map(([, commands]) => commands);
  const script = blocks
    .join('echo; echo ----\n')
    .replace('http://127.0.0.1:3000', service.url)
    .replace('http://127.0.0.1:12111', service.sandboxUrl);
  const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-euo', 'pipefail', '-c', script], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...bareEnvironment(), DATA_DIR: join(folder, 'data') },
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);

  const [, , savedCard, charge, history, checkout, refund, cancellation] = stdout.split('----\n');
  expect(savedCard).toBe('succeeded\n\n');
  expect(charge).toMatch(/^HTTP\/1.1 201 [^]*location: \/partners\/user\/alice\/payments\/pi_/);
  expect(history).toContain('"description":"Wellness exam","amount":"3000","status":"complete"');
  expect(checkout).toContain('"status":"ACCEPTED"');
  expect(refund).toMatch(/"result":"OK".*"amount":"2.00"/);
  expect(cancellation).toMatch(/"result":"OK".*"cancelAt":"\d{4}-/);
});
