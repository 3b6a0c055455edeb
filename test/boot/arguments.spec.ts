import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { bareEnvironment } from '../support/service-process.js';

const run = promisify(execFile);

it.each([
  ['npm start', 'dist/bundle/main.js', ['--port', '4000'], 'paydesk'],
  ['npm start with a secret', 'dist/bundle/main.js', ['sk_live_hunter2'], 'paydesk'],
  ['npm run doctor', 'dist/bundle/doctor.js', ['--fix'], 'paydesk'],
  [
    'npm run sandbox with a text as the port',
    'dist/libs/stripe-sandbox/main.js',
    ['--port', 'high'],
    'stripe-sandbox',
  ],
  [
    'npm run sandbox with a port too high',
    'dist/libs/stripe-sandbox/main.js',
    ['--port', '65536'],
    'stripe-sandbox',
  ],
  [
    'npm run sandbox with an empty port',
    'dist/libs/stripe-sandbox/main.js',
    ['--port', ''],
    'stripe-sandbox',
  ],
  [
    'npm run sandbox with a bad webhook URL',
    'dist/libs/stripe-sandbox/main.js',
    ['--port', '0', '--webhook', 'x'],
    'stripe-sandbox',
  ],
  [
    'npm run sandbox with an unknown option',
    'dist/libs/stripe-sandbox/main.js',
    ['--prot', '1'],
    'stripe-sandbox',
  ],
])('%s stops with one line', async (_what, program, args, prefix) => {
  const started = run(process.execPath, [program, ...args], { env: bareEnvironment(), timeout: 60_000 });
  await expect(started).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(new RegExp(`^${prefix}: (?!.*hunter2)[^\\n]+\\n$`)),
  });
});
