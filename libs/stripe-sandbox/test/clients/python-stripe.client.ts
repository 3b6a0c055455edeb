import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { TEST_KEY } from '../support.js';
import { openSandbox } from './clients.js';

const SCRIPT = fileURLToPath(new URL('python_stripe.py', import.meta.url));

/** Debian's, which has its packages: another Python on the path has not. */
const PYTHON = '/usr/bin/python3';

test("Debian's python3-stripe pays, refunds, subscribes, lists, searches and verifies events", async () => {
  const { sandbox } = await openSandbox();
  const { stdout } = await promisify(execFile)(PYTHON, [SCRIPT, sandbox.url, TEST_KEY]);
  expect(JSON.parse(stdout)).toEqual({
    paid: ['succeeded', 2500],
    replayed: true,
    decline: [402, 'card_declined', 'insufficient_funds'],
    missing: [404, 'id'],
    refund: ['succeeded', 500],
    subscription: ['active', true],
    customers: 4,
    found: [true],
    event: 'charge.succeeded',
  });
});
