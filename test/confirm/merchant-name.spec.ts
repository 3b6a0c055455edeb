import { expect } from 'vitest';
import { visit } from '../support/plain-browser.js';
import { confirmTest } from './confirm-test.js';

const it = confirmTest();

// Nobody has read it before.
it('the name of the merchant is shown again after it could not be read', async ({
  paydesk,
  refusedCharge,
}) => {
  const { url } = await refusedCharge();
  paydesk.sandbox.faults.add({ path: '/v1/account', kinds: ['reset_before_effect'], share: 1 });
  expect((await visit(url)).text).toContain('You are asked to pay');
  paydesk.sandbox.faults.clear();
  expect((await visit(url)).text).toContain('Sandbox asks you to pay');
});
