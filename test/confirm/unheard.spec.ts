import { describe, expect } from 'vitest';
import { backfillAccount } from '../support/backfill.js';
import type { Caller } from '../support/caller.js';
import { query } from '../support/database.js';
import { FOREVER_MS, LONGEST_WAIT_SECONDS, STRIPE_SETTLES_SECONDS } from '../support/durations.js';
import { payOnPage } from '../support/hosted-page.js';
import { loseKey } from '../support/lost-key.js';
import type { ManualClock } from '../support/manual-clock.js';
import { pageTest } from './page-test.js';

const HOUR_SECONDS = 60 * 60;
const DECLINED_NUMBER = '4000000000000002';
/** As after 23 hours in which nobody could find out. */
const NEEDS_REVIEW = `update operations set state = 'needs-review'
  where kind = 'payment-replace' and state = 'running'`;
/** The attempt $2 on the page in place of the payment $1, as a version recorded it that did not know to which page it belongs. */
const RECORD_ATTEMPT = `insert into payments (
    payment_id, payment_intent_id, operation_id, caller, tenant, user_id, type, status, stage, customer_id, amount_minor,
    refunded_minor, disputed_minor, currency, created_at, updated_at, version, revision, timeline)
  select $2, $2, operations.id, operations.caller, tenant, user_id, type, 'FAILED', 'failed', customer_id, amount_minor,
    0, 0, currency, payments.created_at, updated_at, 1, 1, '[]'
  from payments join operations on operations.id = replacement_id where payment_id = $1`;
/** How the operation stands that opens a page in place of the payment $1. */
const STATE_OF_PAGE =
  'select state from operations join payments on replacement_id = id where payment_id = $1';
const OPEN_PAGE = { method: 'POST', path: '/v1/checkout/sessions' } as const;

const it = pageTest()
  .extend('admin', { scope: 'file' }, ({ paydesk }) =>
    paydesk.service('admin', { scopes: ['keys:admin', 'events:read'] }),
  )
  /** A chosen payment after the first press, whose page Stripe makes without an answer. The fault goes on. */
  .extend('unheard', ({ paydesk, chosen }) => async () => {
    const payment = await chosen();
    paydesk.sandbox.faults.add({ ...OPEN_PAGE, kinds: ['reset_after_effect'], share: 1 });
    expect((await payment.press()).status).toBe(503);
    return payment;
  })
  /** The operations that open pages and have no outcome. */
  .extend('running', ({ paydesk }) => () => {
    return query(paydesk, "select from operations where kind = 'payment-replace' and state = 'running'");
  });

/** The events that were stored and are not handled after another minute, or can't be. */
async function waitingEvents(admin: Caller, clock: ManualClock): Promise<{ type: string }[]> {
  clock.moveSeconds(60);
  const stored = (await admin.get('/admin/events?state=stored')).body.data;
  return [...stored, ...(await admin.get('/admin/events?state=dead')).body.data];
}

describe('a page whose operation has no outcome', () => {
  it('is paid as the payment that it replaces', async ({
    paydesk,
    clock,
    unheard,
    running,
    pageOf,
    expectPaid,
  }) => {
    const { id } = await unheard();
    const { sessionId, url } = await pageOf(id);
    await payOnPage(url);
    await expectPaid(id, sessionId);
    paydesk.sandbox.faults.clear();
    clock.moveSeconds(LONGEST_WAIT_SECONDS);
    await expect.poll(running).toEqual([]);
    await expectPaid(id, sessionId);
  });

  it.for([[null], ['done'], ['not-done']] as const)(
    'and that needs a review with the finding %s, is paid as the payment that it replaces',
    async ([finding], { paydesk, clock, admin, unheard, pageOf, expectPaid }) => {
      const { id, press } = await unheard();
      await loseKey(paydesk);
      paydesk.sandbox.faults.clear();
      await press();
      clock.moveSeconds(23 * HOUR_SECONDS);
      const openReviews = async () => {
        await press();
        return (await admin.get('/admin/reviews?state=open')).body.data;
      };
      await expect.poll(openReviews).toHaveLength(1);
      const [{ operationId }] = await openReviews();
      const review = { finding: finding ?? 'done', note: 'According to the dashboard' };
      if (finding !== null) await admin.post(`/admin/reviews/${operationId}/close`, review);
      const { sessionId, url } = await pageOf(id);
      await payOnPage(url);
      await expectPaid(id, sessionId);
      await admin.post(`/admin/reviews/${operationId}/close`, review);
    },
  );

  it('is found when it is paid, also by a backfill or a request for the status, without an event of its own', async ({
    paydesk,
    clock,
    shop,
    unheard,
    pageOf,
    attemptOn,
    expectPaid,
  }) => {
    const pages = [];
    for (const find of ['backfill', 'status'] as const) {
      const { id } = await unheard();
      pages.push({ find, id, ...(await pageOf(id)) });
    }
    for (const { find, id, sessionId, url } of pages) {
      await payOnPage(url);
      const paid = await attemptOn(id);
      if (find === 'backfill') await backfillAccount(paydesk, clock);
      else await shop.get(`/status?paymentID=${paid}`);
      const [row] = await query(paydesk, 'select session_id, status from payments where payment_id = $1', [
        id,
      ]);
      expect(row).toEqual({ session_id: sessionId, status: 'ACCEPTED' });
      await expectPaid(id, sessionId);
    }
    paydesk.sandbox.faults.clear();
  });

  it('is found when a card is declined on it, so that no event waits', async ({
    paydesk,
    clock,
    admin,
    unheard,
    pageOf,
    expectPaid,
  }) => {
    const { id } = await unheard();
    await query(paydesk, NEEDS_REVIEW);
    const { sessionId, url } = await pageOf(id);
    await payOnPage(url, DECLINED_NUMBER);
    await paydesk.walkEvents();
    await expect.poll(() => waitingEvents(admin, clock)).toEqual([]);
    paydesk.sandbox.faults.clear();
    await payOnPage(url);
    await expectPaid(id, sessionId);
  });

  it('is paid as an attempt on it that an earlier version has recorded as a payment of its own', async ({
    paydesk,
    clock,
    admin,
    unheard,
    recorded,
    pageOf,
    attemptOn,
  }) => {
    const { id } = await unheard();
    await query(paydesk, NEEDS_REVIEW);
    const { sessionId, url } = await pageOf(id);
    await payOnPage(url, DECLINED_NUMBER);
    const attempt = await attemptOn(id);
    await query(paydesk, RECORD_ATTEMPT, [id, attempt]);
    await payOnPage(url);
    await paydesk.walkEvents();
    const session = async () => (await recorded(attempt)).stripe.session;
    await expect.poll(session).toBe(sessionId);
    expect(await recorded(attempt)).toMatchObject({ status: 'ACCEPTED' });
    const waiting = (await waitingEvents(admin, clock)).map(({ type }) => type);
    expect(waiting).not.toContain('checkout.session.completed');
  });

  it('and that Stripe makes after the operation has failed, is paid as the payment that it replaces', async ({
    paydesk,
    clock,
    chosen,
    running,
    recorded,
    pageOf,
    expectPaid,
  }) => {
    const { id, press } = await chosen();
    paydesk.sandbox.faults.add({ ...OPEN_PAGE, kinds: ['error_then_effect'], waitMs: FOREVER_MS });
    expect((await press()).status).toBe(503);
    await press();
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    await expect.poll(running).toEqual([]);
    expect(await recorded(id)).toMatchObject({ status: 'FAILED' });
    paydesk.sandbox.faults.clear();
    await expect.poll(() => pageOf(id).catch(() => undefined)).toBeDefined();
    const { sessionId, url } = await pageOf(id);
    await payOnPage(url);
    await expectPaid(id, sessionId);
  });
});

describe('a page that Stripe has made for a request with other parameters, which the database has lost', () => {
  const KNOWN_KEY = {
    ...OPEN_PAGE,
    kinds: ['refuse'],
    error: { status: 400, type: 'idempotency_error' },
    share: 1,
  } as const;

  it('is the page of the payment', async ({ paydesk, unheard, running, pageOf, expectPaid }) => {
    const { id, press } = await unheard();
    const { sessionId, url } = await pageOf(id);
    paydesk.sandbox.faults.clear();
    await query(paydesk, "delete from operations where kind = 'payment-replace' and state = 'running'");
    await query(paydesk, 'update payments set replacement_id = null where payment_id = $1', [id]);
    // As if the lost request had canceled it only after this one was planned.
    const open = { status: 'requires_payment_method', description: 'Another' } as const;
    paydesk.sandbox.run(({ store }) => store.paymentIntents.update(id, open));
    expect((await press()).next).toBe(url);
    expect(await running()).toEqual([]);
    await payOnPage(url);
    await expectPaid(id, sessionId);
  });

  it('needs a review if it is not found', async ({ paydesk, clock, chosen }) => {
    const { id, press } = await chosen();
    paydesk.sandbox.faults.add(KNOWN_KEY);
    expect((await press()).status).toBe(503);
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    const state = async () => {
      await press();
      return query(paydesk, STATE_OF_PAGE, [id]);
    };
    await expect.poll(state).toEqual([{ state: 'needs-review' }]);
  });
});
