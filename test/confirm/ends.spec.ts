import { describe, expect } from 'vitest';
import { backfillAccount } from '../support/backfill.js';
import { expectProblem } from '../support/expect-problem.js';
import { payOnPage } from '../support/hosted-page.js';
import { answerBank, visit } from '../support/plain-browser.js';
import { confirmTest, press } from './confirm-test.js';

const it = confirmTest();
const HOUR_SECONDS = 60 * 60;
const RETURN_URL = 'https://example.com/paid';

describe('after the link has expired', () => {
  it('the customer who comes back learns that the payment is complete', async ({
    paydesk,
    refusedCharge,
    recorded,
    clock,
  }) => {
    const { url, id } = await refusedCharge();
    const bank = await press(await visit(url), 'authenticate');
    clock.moveSeconds(24 * HOUR_SECONDS);
    expect((await visit(`${url}/return`)).text).toContain('This link has expired');
    await answerBank(bank);
    const back = await visit(`${url}/return`);
    expect(back).toMatchObject({ status: 200, forms: {} });
    expect(back.text).toContain('This payment is complete');
    expect(back.text).not.toMatch(/30\.|Wellness/);
    expect(await recorded(id)).toMatchObject({ status: 'ACCEPTED' });
    const before = paydesk.stripeCalls.length;
    expect((await visit(url)).text).toContain('This link has expired');
    expect(paydesk.stripeCalls).toHaveLength(before);
  });

  it('the customer is sent to the return URL of a payment that is complete', async ({
    refusedCharge,
    clock,
  }) => {
    const { url } = await refusedCharge(undefined, { return_url: RETURN_URL });
    const bank = await press(await visit(url), 'authenticate');
    clock.moveSeconds(24 * HOUR_SECONDS);
    await answerBank(bank);
    expect(await visit(`${url}/return`)).toMatchObject({ status: 303, next: RETURN_URL });
  });
});

describe("a partner's cancel of a payment with a page for another card", () => {
  it('closes the page, records it and notifies', async ({
    paydesk,
    partner,
    refusedCharge,
    recorded,
    notified,
    paidAtStripe,
  }) => {
    const { url, id, path } = await refusedCharge('pm_card_chargeCustomerFail');
    const checkout = await press(await visit(url), 'another-card');
    const session = (await recorded(id)).stripe.session as string;
    const faulty = { method: 'POST', path: `/v1/checkout/sessions/${session}/expire` } as const;
    paydesk.sandbox.faults.add({ ...faulty, kinds: ['reset_after_effect'], times: 9 });
    const key = { 'idempotency-key': `cancel-${id}` };
    expectProblem(await partner.post(`${path}/cancel`, undefined, key), 'outcome-unknown');
    paydesk.sandbox.faults.clear();
    expect(await partner.post(`${path}/cancel`, undefined, key)).toMatchObject({
      status: 200,
      body: { stripe_payment_id: id, amount: '3000' },
    });
    await payOnPage(checkout);
    expect(await paidAtStripe(id)).toEqual([]);
    expect(await recorded(id)).toMatchObject({ paymentID: id, status: 'FAILED' });
    expect((await notified(id)).slice(-2)).toEqual(['checkout.expired', 'payment.failed']);
    expect((await visit(url)).text).toContain('This payment was cancelled');
    expectProblem(await partner.post(`${path}/cancel`), 'invalid-state');
  });

  it('is 409 once the page is paid', async ({ partner, refusedCharge, paidAtStripe }) => {
    const { url, id, path } = await refusedCharge('pm_card_chargeCustomerFail');
    await payOnPage(await press(await visit(url), 'another-card'));
    expectProblem(await partner.post(`${path}/cancel`), 'invalid-state');
    expect(await paidAtStripe(id)).toHaveLength(1);
  });

  it('releases what was reserved there, unless it was captured first', async ({
    partner,
    refusedCharge,
    recorded,
    paidAtStripe,
  }) => {
    const reserve = async () => {
      const { url, id, path } = await refusedCharge('pm_card_chargeCustomerFail', { capture: 'manual' });
      await payOnPage(await press(await visit(url), 'another-card'));
      await visit(`${url}/return`);
      return { id, path };
    };
    const [released, captured] = [await reserve(), await reserve()];
    expect((await partner.post(`${released.path}/cancel`)).status).toBe(200);
    expectProblem(await partner.post(`${released.path}/capture`, {}), 'invalid-state');
    expect(await paidAtStripe(released.id)).toEqual([]);
    expect(await recorded(released.id)).toMatchObject({ status: 'FAILED' });
    expect((await partner.post(`${captured.path}/capture`, {})).status).toBe(200);
    expectProblem(await partner.post(`${captured.path}/cancel`), 'invalid-state');
    expect(await paidAtStripe(captured.id)).toMatchObject([{ status: 'succeeded' }]);
  });

  it('does not take back what is reserved there before the page can be closed', async ({
    paydesk,
    partner,
    refusedCharge,
    recorded,
    paidAtStripe,
  }) => {
    const { url, id, path } = await refusedCharge('pm_card_chargeCustomerFail', { capture: 'manual' });
    const checkout = await press(await visit(url), 'another-card');
    const session = (await recorded(id)).stripe.session as string;
    const faulty = { method: 'POST', path: `/v1/checkout/sessions/${session}/expire` } as const;
    paydesk.sandbox.faults.add({ ...faulty, kinds: ['reset_before_effect'], share: 1 });
    const key = { 'idempotency-key': `late-cancel-${id}` };
    const cancel = () => partner.post(`${path}/cancel`, undefined, key);
    expectProblem(await cancel(), 'outcome-unknown');
    await payOnPage(checkout);
    paydesk.sandbox.faults.clear();
    await expect.poll(async () => (await cancel()).body.type).toBe('urn:paydesk:invalid-state');
    expect(await paidAtStripe(id)).toMatchObject([{ status: 'requires_capture' }]);
    expect((await partner.post(`${path}/capture`, {})).status).toBe(200);
    expectProblem(await cancel(), 'invalid-state');
    expect(await paidAtStripe(id)).toMatchObject([{ status: 'succeeded' }]);
  });

  it('closes it also after a card was declined there', async ({ partner, refusedCharge, recorded }) => {
    const { url, id, path } = await refusedCharge('pm_card_chargeCustomerFail');
    await payOnPage(await press(await visit(url), 'another-card'), '4000000000000002');
    await visit(`${url}/return`);
    expect((await partner.post(`${path}/cancel`)).status).toBe(200);
    expect(await recorded(id)).toMatchObject({ status: 'FAILED' });
  });
});

it('a page is opened also if Stripe answers with an error to the cancellation that it has made', async ({
  paydesk,
  refusedCharge,
}) => {
  const { url } = await refusedCharge();
  const { forms } = await visit(url);
  const path = '/v1/payment_intents/*/cancel';
  paydesk.sandbox.faults.add({ method: 'POST', path, kinds: ['error_after_effect'], times: 9 });
  expect((await visit(forms['another-card'] ?? '', 'POST')).status).toBe(503);
  paydesk.sandbox.faults.clear();
  expect((await visit(forms['another-card'] ?? '', 'POST')).next).toContain('/c/pay/');
});

it.for([
  ['an unknown reason', {}],
  ['a missing object', { code: 'resource_missing', status: 404 }],
  ['our settings', { code: 'payment_method_configuration_failures' }],
] as const)(
  'the customer learns that the payment was cancelled, if Stripe refuses the page for another card after that for %s',
  async ([, error], { paydesk, refusedCharge, recorded, notified }) => {
    const { url, id } = await refusedCharge();
    const { forms } = await visit(url);
    paydesk.sandbox.faults.add({
      method: 'POST',
      path: '/v1/checkout/sessions',
      kinds: ['refuse'],
      error: { status: 400, type: 'invalid_request_error', ...error },
    });
    const learnsOfIt = async () => {
      const { status, next } = await visit(forms['another-card'] ?? '', 'POST');
      expect([status, next]).toEqual([303, `${new URL(url).pathname}/return`]);
      const page = await visit(`${url}/return`);
      expect(page).toMatchObject({ status: 410, forms: {} });
      expect(page.text).toContain('This payment was cancelled');
    };
    await learnsOfIt();
    // Whoever goes back and presses again.
    await learnsOfIt();
    expect(await recorded(id)).toMatchObject({ paymentID: id, status: 'FAILED' });
    expect(await notified(id)).toContain('payment.canceled');
    expect(paydesk.log.filter(({ alert }) => alert)).not.toEqual([]);
  },
);

it('an authentication goes on with the same button if our settings have not permitted it yet', async ({
  paydesk,
  refusedCharge,
}) => {
  const { url, id } = await refusedCharge();
  const { forms } = await visit(url);
  const path = `/v1/payment_intents/${id}/confirm`;
  paydesk.sandbox.faults.add({ method: 'POST', path, kinds: ['no_permission'], share: 1 });
  const pressed = await visit(forms['authenticate'] ?? '', 'POST');
  expect(pressed).toMatchObject({ status: 503, next: undefined });
  expect(pressed.text).toContain('Please try again in a moment');
  paydesk.sandbox.faults.clear();
  expect((await visit(forms['authenticate'] ?? '', 'POST')).next).toContain('/3ds/');
});

it('a page whose outcome is not stored is left out by a backfill', async ({
  paydesk,
  clock,
  refusedCharge,
  recorded,
}) => {
  const { url, id } = await refusedCharge('pm_card_chargeCustomerFail');
  const { forms } = await visit(url);
  const faulty = { method: 'POST', path: '/v1/checkout/sessions' } as const;
  paydesk.sandbox.faults.add({ ...faulty, kinds: ['reset_after_effect'], times: 20 });
  expect((await visit(forms['another-card'] ?? '', 'POST')).status).toBe(503);
  paydesk.sandbox.faults.clear();
  await backfillAccount(paydesk, clock);
  expect((await visit(forms['another-card'] ?? '', 'POST')).next).toContain('/c/pay/');
  expect(await recorded(id)).toMatchObject({ paymentID: id, status: 'PENDING' });
});
