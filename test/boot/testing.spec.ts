import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { bareEnvironment } from '../support/service-process.js';

const run = promisify(execFile);

it('paydesk/testing starts a whole Paydesk, and leaves nothing running', async () => {
  const { stdout } = await run(process.execPath, ['test/boot/caller-of-testing.mjs'], {
    env: bareEnvironment(),
  });
  expect(JSON.parse(stdout)).toEqual({ before: 'PENDING', after: 'ACCEPTED', user: 200, days: 1 });
});
