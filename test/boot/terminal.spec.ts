import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { bareEnvironment, startService } from '../support/service-process.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';

const run = promisify(execFile);
/** Runs a command in a terminal: https://man7.org/linux/man-pages/man1/script.1.html */
const SCRIPT = '/usr/bin/script';
const WRITE_A_LINE =
  "const { standardOutput } = await import('./dist/src/logging/standard-output.js');" +
  "const { pino } = await import('pino');" +
  "pino({}, await standardOutput()).warn({ route: '/pay' }, 'Stripe is slow');";

test('npm run status prints what a running service knows', async ({ onTestFinished }) => {
  const folder = await makeTemporaryFolder();
  onTestFinished(() => removeFolder(folder));
  const service = await startService(folder, { METRICS_PORT: '0' });
  onTestFinished(async () => void (await service.end('SIGTERM')));
  expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
  const [, metricsUrl = ''] = /metrics +(\S+)/.exec(service.output()) ?? [];

  const { stdout } = await run(process.execPath, ['dist/bundle/status.js', metricsUrl]);
  expect(stdout).toMatch(/^GET \/health\/ready +1 +0 +0 +\d/m);
  expect(stdout).toMatch(/^operations running +0 +0 ms$/m);
  expect(stdout).toMatch(/^database +up$/m);

  const { origin } = new URL(metricsUrl);
  const { port } = new URL(metricsUrl);
  const environment = { ...bareEnvironment(), METRICS_PORT: port };
  const bySettings = await run(process.execPath, ['dist/bundle/status.js'], { env: environment });
  expect(bySettings.stdout).toMatch(/^database +up$/m);
  await expect(run(process.execPath, ['dist/bundle/status.js', `${origin}/other`])).rejects.toMatchObject({
    code: 1,
    stderr: `paydesk: no metrics at ${origin}/other; does the service run with METRICS_PORT?\n`,
  });
});

test('log lines are JSON', async () => {
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', WRITE_A_LINE]);
  expect(JSON.parse(stdout)).toMatchObject({ level: 40, route: '/pay', msg: 'Stripe is slow' });
});

test.runIf(existsSync(SCRIPT))('log lines in a terminal are for people', async () => {
  const command = `${process.execPath} --input-type=module -e "${WRITE_A_LINE}"`;
  const { stdout } = await run(SCRIPT, ['-qec', command, '/dev/null'], {
    env: { ...bareEnvironment(), NO_COLOR: '1' },
  });
  expect(stdout).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] WARN: Stripe is slow\r?\n +route: "\/pay"\r?\n$/);
});
