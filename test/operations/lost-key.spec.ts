import { randomUUID } from 'node:crypto';
import { idOf } from '#stripe/id-of.js';
import { describe, expect } from 'vitest';
import { confirmTest } from '../confirm/confirm-test.js';
import { LONGEST_WAIT_SECONDS } from '../support/durations.js';
import { expectProblem } from '../support/expect-problem.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import { loseKey } from '../support/lost-key.js';
import { visit } from '../support/plain-browser.js';

const it = confirmTest({ workerByHand: true })
  .extend('admin', { scope: 'file' }, ({ paydesk }) => paydesk.service('admin', { scopes: ['keys:admin'] }))
  /** A day passes in which the worker can't decrypt the plans of what runs. Gives the operation that needs a review then. */
  .extend('aDayWithoutKey', ({ paydesk, clock, admin }) => async () => {
    await loseKey(paydesk);
    clock.moveSeconds(LONGEST_WAIT_SECONDS);
    expect(await paydesk.resumeNext()).toBe(true);
    expect((await admin.get('/admin/reviews?state=open')).body.data).toEqual([]);
    clock.moveHours(23);
    expect(await paydesk.resumeNext()).toBe(true);
    const { data } = (await admin.get('/admin/reviews?state=open')).body;
    expect(data).toHaveLength(1);
    return data[0].operationId as string;
  })
  .extend('close', ({ admin }) => async (operationId: string, finding: 'done' | 'not-done' = 'not-done') => {
    const review = { finding, note: 'According to the dashboard' };
    expect((await admin.post(`/admin/reviews/${operationId}/close`, review)).status).toBe(200);
  });

describe('an operation whose plan can not be decrypted', () => {
  it('needs a review once Stripe has forgotten it, and its subscription can be changed again', async ({
    paydesk: { sandbox, stripe, stripeCalls },
    shop,
    clock,
    aDayWithoutKey,
    close,
  }) => {
    const started = await shop.post('/pay/recurrent', { ...redirects, amount: '5.00', interval: 'month' });
    await payOnPage(started.body.redirectToUrl);
    const { paymentID } = started.body;
    const id = idOf((await stripe.checkout.sessions.retrieve(paymentID)).subscription) ?? '';
    const cancel = (key: string = randomUUID()) =>
      shop.post(
        '/pay/recurrent/expire',
        { paymentID, cancelType: 'endOfPeriod' },
        { 'idempotency-key': key },
      );
    const key = randomUUID();
    const path = `/v1/subscriptions/${id}`;
    sandbox.faults.add({ method: 'POST', path, kinds: ['reset_before_effect'], share: 1 });
    expectProblem(await cancel(key), 'outcome-unknown');
    sandbox.faults.clear();
    expectProblem(await cancel(), 'in-progress');

    const sent = stripeCalls.filter((call) => call === `POST ${path}`).length;
    // How long the service was down before does not matter.
    clock.moveHours(24);
    const operationId = await aDayWithoutKey();
    expect(stripeCalls.filter((call) => call === `POST ${path}`)).toHaveLength(sent);
    expectProblem(await cancel(key), 'needs-review');
    expect((await cancel()).status).toBe(200);
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ cancel_at_period_end: true });
    await close(operationId);
  });

  it('keeps a payment from being paid with another card until its review finds no page', async ({
    paydesk: { sandbox },
    refusedCharge,
    recorded,
    aDayWithoutKey,
    close,
  }) => {
    const { url, id } = await refusedCharge('pm_card_chargeCustomerFail');
    const { forms } = await visit(url);
    const path = '/v1/payment_intents/*/cancel';
    sandbox.faults.add({ method: 'POST', path, kinds: ['reset_before_effect'], share: 1 });
    expect((await visit(forms['another-card'] ?? '', 'POST')).status).toBe(503);
    sandbox.faults.clear();
    const operationId = await aDayWithoutKey();
    expect((await visit(url)).forms).toEqual({});
    await close(operationId, 'done');
    expect((await visit(url)).forms).toEqual({});
    await close(operationId, 'not-done');
    const page = await visit(url);
    expect((await visit(page.forms['another-card'] ?? '', 'POST')).next).toContain('/c/pay/');
    expect(await recorded(id)).toMatchObject({ paymentID: id, status: 'PENDING' });
  });
});
