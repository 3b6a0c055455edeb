import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { createSandbox } from '#sandbox/create-sandbox.js';
import { Caller } from '../support/caller.js';
import { bareEnvironment, ENCRYPTION_KEY, failToStart, startService } from '../support/service-process.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';

const run = promisify(execFile);

it('refuses a database whose customers came from another mode, and starts without customers', async () => {
  const folder = await makeTemporaryFolder();
  const stripe = await createSandbox();
  onTestFinished(async () => {
    await stripe.close();
    await removeFolder(folder);
  });
  const dataDir = join(folder, 'data');
  const testMode = { STRIPE_SECRET_KEY: 'sk_test_any', STRIPE_API_BASE: stripe.url, ENCRYPTION_KEY };

  const first = await startService(dataDir, testMode);
  expect(first.output()).toMatch(/mode +test, no money moves/);
  expect(await first.end('SIGTERM')).toBe(0);

  const sandbox = await startService(dataDir);
  const { stdout } = await run(process.execPath, ['dist/bundle/token.js', 'partner', 'acme'], {
    env: { ...bareEnvironment(), DATA_DIR: dataDir },
  });
  const { status } = await new Caller(sandbox.url, stdout.trim()).post('/partners/user/alice/setup_intent');
  expect(status).toBe(201);
  expect(await sandbox.end('SIGTERM')).toBe(0);

  const { code, output } = await failToStart(dataDir, testMode);
  expect(code).toBe(1);
  expect(output).toMatch(/^paydesk: MODE is test, but [^\n]* came from sandbox mode: [^\n]+\n$/m);
});
