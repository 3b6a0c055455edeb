import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { expectProblem } from '../support/expect-problem.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { saveCard, someUser } from '../support/saved-card.js';

const UNKNOWN = '00000000-0000-8000-8000-000000000000';
const NOTE = 'No object with this operation_id in the Dashboard';

const it = paydeskTest()
  .extend('admin', { scope: 'file' }, ({ paydesk }) => paydesk.service('admin', { scopes: ['keys:admin'] }))
  /** A charge that waits for an approval at Stripe, which only a person can look up. */
  .extend('reviewed', ({ paydesk, partner }) => async () => {
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    const headers = { 'idempotency-key': randomUUID() };
    const body = { amount: '3000', description: 'x', stripe_payment_method_id: card };
    const repeat = () => partner.post(`/partners/user/${user}/payment_intent`, body, headers);
    paydesk.sandbox.faults.add({
      method: 'POST',
      path: '/v1/payment_intents',
      kinds: ['refuse'],
      times: 1,
      error: { status: 400, type: 'invalid_request_error', code: 'approval_required' },
    });
    const answer = await repeat();
    expectProblem(answer, 'needs-review');
    return { operationId: answer.body.operationId as string, repeat };
  });

describe('a review', () => {
  it('is open until it is closed, which is recorded and moves no money', async ({
    paydesk,
    clock,
    admin,
    reviewed,
  }) => {
    const { operationId, repeat } = await reviewed();
    const open = {
      operationId,
      kind: 'charge',
      caller: 'partner:acme',
      createdAt: clock.now().toISOString(),
      state: 'open',
      finding: null,
      closedAt: null,
    };
    expect((await admin.get('/admin/reviews?state=open')).body.data).toContainEqual(open);
    clock.moveSeconds(60);
    const at = clock.now().toISOString();
    const calls = paydesk.stripeCalls.length;
    const path = `/admin/reviews/${operationId}/close`;
    const closed = { ...open, state: 'closed', finding: 'not-done', closedAt: at };
    expect(await admin.post(path, { finding: 'not-done', note: NOTE })).toMatchObject({
      status: 200,
      body: closed,
    });
    expect((await admin.get('/admin/reviews?state=closed')).body.data).toContainEqual(closed);
    expect((await admin.get('/admin/reviews?state=open')).body.data).not.toContainEqual(
      expect.objectContaining({ operationId }),
    );
    expectProblem(await repeat(), 'needs-review');
    expect(paydesk.stripeCalls.slice(calls)).toEqual([]);
    expect((await admin.get(`/admin/audit?objectId=${operationId}`)).body.data).toEqual([
      {
        id: expect.any(String),
        at,
        caller: 'service:admin',
        keyId: expect.any(String),
        address: '127.0.0.1',
        action: 'review.closed',
        objectId: operationId,
        details: { from: null, to: 'not-done', note: NOTE },
      },
    ]);
  });

  it('is closed once by concurrent requests with the same finding; another finding replaces it', async ({
    admin,
    reviewed,
  }) => {
    const { operationId } = await reviewed();
    const close = (finding: string) =>
      admin.post(`/admin/reviews/${operationId}/close`, { finding, note: NOTE });
    const answers = await Promise.all(Array.from({ length: 5 }, () => close('not-done')));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect((await close('done')).body).toMatchObject({ state: 'closed', finding: 'done' });
    const { data } = (await admin.get(`/admin/audit?objectId=${operationId}&action=review.closed`)).body;
    expect(data.map(({ details }: { details: object }) => details)).toEqual([
      { from: 'not-done', to: 'done', note: NOTE },
      { from: null, to: 'not-done', note: NOTE },
    ]);
  });

  it('is listed by the newest operation, in pages', async ({ clock, admin, reviewed }) => {
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      clock.moveSeconds(1);
      ids.unshift((await reviewed()).operationId);
    }
    const first = (await admin.get('/admin/reviews?limit=2')).body;
    const second = (await admin.get(`/admin/reviews?limit=1&cursor=${first.nextCursor}`)).body;
    const listed = [...first.data, ...second.data].map(({ operationId }) => operationId);
    expect(listed).toEqual(ids);
    expect((await admin.get(`/admin/reviews?cursor=${UNKNOWN}`)).body.errors).toMatchObject([
      { field: 'cursor' },
    ]);
  });

  it('exists only for an operation that needs one', async ({ paydesk, admin, partner }) => {
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    const body = { amount: '3000', description: 'x', stripe_payment_method_id: card };
    const { headers } = await partner.post(`/partners/user/${user}/payment_intent`, body);
    const done = headers.get('operation-id') ?? UNKNOWN;
    for (const id of [done, UNKNOWN]) {
      const answer = await admin.post(`/admin/reviews/${id}/close`, { finding: 'done', note: NOTE });
      expectProblem(answer, 'not-found');
    }
  });

  it.for([
    [{ note: NOTE }, 'finding'],
    [{ finding: 'refunded', note: NOTE }, 'finding'],
    [{ finding: 'done' }, 'note'],
    [{ finding: 'done', note: '' }, 'note'],
    [{ finding: 'done', note: 'x'.repeat(501) }, 'note'],
    [{ finding: 'done', note: 'card 4242 4242 4242 4242' }, 'note'],
    [{ finding: 'done', note: 'ann@mail.example called' }, 'note'],
    [{ finding: 'done', note: `with sk_live_${'4eC39HqL'.repeat(3)}` }, 'note'],
  ] as const)('is not closed by %j', async ([body, field], { admin }) => {
    const answer = await admin.post(`/admin/reviews/${UNKNOWN}/close`, body);
    expectProblem(answer, 'invalid-request');
    expect(answer.body.errors).toMatchObject([{ field }]);
  });
});
