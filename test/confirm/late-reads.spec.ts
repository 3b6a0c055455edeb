import { expect } from 'vitest';
import { payOnPage } from '../support/hosted-page.js';
import { visit } from '../support/plain-browser.js';
import { confirmTest, press } from './confirm-test.js';

const it = confirmTest();
/** Longer than it takes to open the page. If it is not, this shows nothing, and does not fail. */
const LATE_MS = 5_000;

it('a read that began before another card was chosen does not end the payment', async ({
  paydesk,
  refusedCharge,
  recorded,
  notified,
}) => {
  const { url, id } = await refusedCharge('pm_card_chargeCustomerFail');
  const page = await visit(url);
  const path = `/v1/payment_intents/${id}`;
  const fault = paydesk.sandbox.faults.add({
    method: 'GET',
    path,
    kinds: ['wait'],
    waitMs: LATE_MS,
    times: 1,
  });
  const late = visit(`${url}/return`);
  await expect.poll(() => fault.injected).toEqual({ wait: 1 });
  const checkout = await press(page, 'another-card');
  await late;
  expect(await recorded(id)).toMatchObject({ status: 'PENDING' });
  await payOnPage(checkout);
  await visit(`${url}/return`);
  expect(await recorded(id)).toMatchObject({ status: 'ACCEPTED' });
  expect(await notified(id)).not.toContain('payment.canceled');
});
