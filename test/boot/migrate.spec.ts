import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { bareEnvironment, failToStart, startService } from '../support/service-process.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';

const run = promisify(execFile);
const WITHOUT_MIGRATION = { MIGRATE_ON_START: 'false' };

const it = test.extend('dataDir', async ({ onTestFinished }) => {
  const folder = await makeTemporaryFolder();
  onTestFinished(() => removeFolder(folder));
  return join(folder, 'data');
});

it('with MIGRATE_ON_START=false, a start waits for npm run migrate', async ({ dataDir, onTestFinished }) => {
  const { code, output } = await failToStart(dataDir, WITHOUT_MIGRATION);
  expect(code).toBe(1);
  expect(output).toMatch(
    /^paydesk: MIGRATE_ON_START is false, and \d+ migrations are not applied: run `npm run migrate` first$/m,
  );
  const env = { ...bareEnvironment(), ...WITHOUT_MIGRATION, DATA_DIR: dataDir };
  const { stdout } = await run(process.execPath, ['dist/bundle/migrate.js'], { env });
  expect(stdout).toContain('The database has the schema of this version.\n');
  const service = await startService(dataDir, WITHOUT_MIGRATION);
  onTestFinished(async () => void (await service.end('SIGTERM')));
  expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
});
