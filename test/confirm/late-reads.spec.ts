import { expect } from 'vitest';
import { payOnPage } from '../support/hosted-page.js';
import type { Paydesk } from '../support/paydesk.js';
import { visit } from '../support/plain-browser.js';
import { confirmTest, press } from './confirm-test.js';

const it = confirmTest();
/** Longer than it takes to open the page. If it is not, this shows nothing, and does not fail. */
const LATE_MS = 5_000;

/** Opens a page whose read of the PaymentIntent ends late. Resolves once that has begun. */
async function visitLate({ sandbox }: Paydesk, url: string, id: string) {
  const path = `/v1/payment_intents/${id}`;
  const fault = sandbox.faults.add({ method: 'GET', path, kinds: ['wait'], waitMs: LATE_MS, times: 1 });
  const page = visit(url);
  await expect.poll(() => fault.injected).toEqual({ wait: 1 });
  return { page };
}

it('a read that began before another card was chosen does not end the payment', async ({
  paydesk,
  refusedCharge,
  recorded,
  notified,
}) => {
  const { url, id } = await refusedCharge('pm_card_chargeCustomerFail');
  const page = await visit(url);
  const late = await visitLate(paydesk, `${url}/return`, id);
  const checkout = await press(page, 'another-card');
  await late.page;
  expect(await recorded(id)).toMatchObject({ status: 'PENDING' });
  await payOnPage(checkout);
  await visit(`${url}/return`);
  expect(await recorded(id)).toMatchObject({ status: 'ACCEPTED' });
  expect(await notified(id)).not.toContain('payment.canceled');
});

it('a page that was opened before another card was chosen leads to that card', async ({
  paydesk,
  refusedCharge,
}) => {
  const { url, id } = await refusedCharge('pm_card_chargeCustomerFail');
  const page = await visit(url);
  const late = await visitLate(paydesk, url, id);
  const checkout = await press(page, 'another-card');
  const shown = await late.page;
  expect(shown.text).toContain('Your payment is not complete yet.');
  expect(await press(shown, 'another-card')).toBe(checkout);
});
