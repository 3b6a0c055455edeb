import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { bareEnvironment } from '../support/service-process.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';

async function doctor(environment: Record<string, string>) {
  const folder = await makeTemporaryFolder();
  onTestFinished(() => removeFolder(folder));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(packageRoot, 'dist/bundle/doctor.js')],
    {
      cwd: folder,
      encoding: 'utf8',
      env: { ...bareEnvironment(), ...environment },
    },
  );
  return { status, stdout, stderr, hasData: existsSync(join(folder, '.data')) };
}

it('prints a table and exits with 0 if nothing is red, and creates nothing', async () => {
  expect(await doctor({})).toEqual({
    status: 0,
    stdout: expect.stringMatching(
      /^check +result +detail\nsettings +ok +valid[^]+\nStripe account +skipped +[^\n]+\n$/,
    ),
    stderr: '',
    hasData: false,
  });
});

it('prints a remedy for each red line and exits with 1', async () => {
  const { status, stdout, stderr } = await doctor({
    STRIPE_SECRET_KEY: 'sk_live_hunter2',
    STRIPE_API_BASE: 'http://127.0.0.1:9',
  });
  expect(status).toBe(1);
  expect(stderr).toBe('');
  const lines = stdout.trimEnd().split('\n');
  const red = lines.flatMap((line, index) => (/^\S.*? +red +/.test(line) ? [index] : []));
  expect(red.length).toBeGreaterThan(5);
  for (const index of red) expect(lines[index + 1]).toMatch(/^ +remedy: \S/);
  expect(stdout).not.toContain('hunter2');
});

it('prints a setting that is invalid', async () => {
  const { status, stdout } = await doctor({ PORT: '' });
  expect(status).toBe(1);
  expect(stdout).toMatch(/^settings +red +PORT must not be empty/m);
});
