import { describe, expect } from 'vitest';
import { DEFAULT_SCOPES } from '#core/scope.js';
import { EVIDENCE_FIELDS } from '../../src/disputes/dispute.js';
import { query } from '../support/database.js';
import { DAY_SECONDS } from '../support/durations.js';
import { expectProblem } from '../support/expect-problem.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { sendDuringFault } from '../support/send-during-fault.js';

/** https://docs.stripe.com/testing#disputes */
const DISPUTED = '4000000000000259';
const INQUIRY = '4000000000001976';
/** https://docs.stripe.com/testing#evidence */
const WINNING = 'winning_evidence';
/** In place of a text that the name of a test would repeat. */
const LONG = 'a text that is too long';
const OWN_PAYMENTS = DEFAULT_SCOPES.filter((scope) => scope !== 'payments:any');

const it = paydeskTest()
  /** A service that sees only its own payments, and another. */
  .extend('clinic', { scope: 'file' }, ({ paydesk }) => paydesk.service('clinic', { scopes: OWN_PAYMENTS }))
  .extend('gym', { scope: 'file' }, ({ paydesk }) => paydesk.service('gym', { scopes: OWN_PAYMENTS }))
  /** A payment of the clinic that its customer disputes, in the record. */
  .extend('dispute', ({ paydesk, clinic }) => async (card = DISPUTED, amount = '20.00') => {
    const { body } = await clinic.post('/pay', { ...redirects, amount });
    await payOnPage(body.redirectToUrl, card);
    await clinic.get(`/check?paymentID=${body.paymentID}`);
    const { disputes } = (await clinic.get(`/pay/payments/${body.paymentID}`)).body;
    const disputeID = String(disputes[0].disputeID);
    return { paymentID: String(body.paymentID), disputeID, path: `/disputes/${disputeID}`, paydesk };
  })
  .extend('typesOf', ({ paydesk }) => async (paymentID: string) => {
    const sql = 'select type from notifications where payment_id = $1 order by sequence';
    return (await query<{ type: string }>(paydesk, sql, [paymentID])).map(({ type }) => type);
  });

describe('GET /disputes', () => {
  it('lists those of the own payments, newest first and without a call to Stripe', async ({
    paydesk,
    clock,
    clinic,
    gym,
    shop,
    dispute,
  }) => {
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      ids.unshift((await dispute()).disputeID);
      clock.moveSeconds(1);
    }
    const callsBefore = paydesk.stripeCalls.length;
    const first = await clinic.get('/disputes?limit=2');
    expect(first.body.data.map(({ disputeID }: { disputeID: string }) => disputeID)).toEqual(ids.slice(0, 2));
    const rest = await clinic.get(`/disputes?limit=2&cursor=${first.body.nextCursor}`);
    expect(rest.body.data[0].disputeID).toBe(ids[2]);
    expect((await gym.get('/disputes')).body).toEqual({ data: [], nextCursor: null });
    // With `payments:any`
    expect((await shop.get('/disputes')).body.data[0].disputeID).toBe(ids[0]);
    expect(paydesk.stripeCalls.slice(callsBefore)).toEqual([]);
    expectProblem(await gym.get(`/disputes?cursor=${ids[0]}`), 'invalid-request');
  });

  it('can be restricted to a status', async ({ clinic, dispute }) => {
    const { disputeID, path } = await dispute();
    const idsOf = async (status: string) =>
      (await clinic.get(`/disputes?status=${status}`)).body.data.map(
        (one: { disputeID: string }) => one.disputeID,
      );
    expect(await idsOf('OPEN')).toContain(disputeID);
    await clinic.post(`${path}/accept`);
    expect(await idsOf('OPEN')).not.toContain(disputeID);
    expect(await idsOf('LOST')).toContain(disputeID);
    expectProblem(await clinic.get('/disputes?status=open'), 'invalid-request');
  });
});

describe('GET /disputes/:id', () => {
  it('shows what is needed to answer', async ({ paydesk, clinic, dispute }) => {
    const { disputeID, paymentID, path } = await dispute();
    const { created, evidence_details: details } = await paydesk.stripe.disputes.retrieve(disputeID);
    expect((await clinic.get(path)).body).toEqual({
      disputeID,
      paymentID,
      amount: '20.00',
      currency: 'usd',
      status: 'OPEN',
      stripeStatus: 'needs_response',
      reason: 'fraudulent',
      dueBy: new Date(Number(details.due_by) * 1000).toISOString(),
      createdAt: new Date(created * 1000).toISOString(),
      evidenceDetails: { hasEvidence: false, pastDue: false, submissionCount: 0 },
      evidence: expect.any(Object),
    });
  });
});

describe('POST /disputes/:id/evidence', () => {
  it('keeps texts at Stripe until they are submitted, and wins', async ({
    paydesk,
    clock,
    clinic,
    dispute,
    typesOf,
  }) => {
    const { disputeID, paymentID, path } = await dispute();
    const texts = { product_description: 'Wellness exam', access_activity_log: 'first line\nsecond line' };
    const kept = await clinic.post(`${path}/evidence`, texts);
    expect(kept).toMatchObject({
      status: 200,
      body: { status: 'OPEN', evidenceDetails: { hasEvidence: true, submissionCount: 0 } },
    });
    expect((await clinic.get(path)).body.evidence).toMatchObject(texts);
    await clinic.post(`${path}/evidence`, { product_description: null, uncategorized_text: WINNING });
    const { evidence } = (await clinic.get(path)).body;
    expect(evidence).toMatchObject({ uncategorized_text: WINNING });
    expect(evidence).not.toHaveProperty('product_description');

    const sent = await clinic.post(`${path}/evidence`, { submit: true });
    expect(sent.body).toMatchObject({
      stripeStatus: 'under_review',
      evidenceDetails: { submissionCount: 1 },
    });
    // It is in the record at once.
    const { data } = (await clinic.get('/disputes?limit=100')).body;
    const { evidence: _evidence, ...shown } = (await clinic.get(path)).body;
    expect(data).toContainEqual(shown);
    expect(shown).toEqual(sent.body);
    expectProblem(await clinic.post(`${path}/evidence`, { submit: true }), 'invalid-state');
    expectProblem(await clinic.post(`${path}/accept`), 'invalid-state');

    clock.moveSeconds(60);
    await clinic.get(`/check?paymentID=${paymentID}`);
    expect((await paydesk.stripe.disputes.retrieve(disputeID)).status).toBe('won');
    expect((await clinic.get(path)).body).toMatchObject({ status: 'WON', stripeStatus: 'won' });
    expect(await typesOf(paymentID)).toContain('dispute.closed');
  });

  it('takes every text of Stripe', async ({ clinic, dispute }) => {
    const { path } = await dispute();
    const texts = Object.fromEntries(EVIDENCE_FIELDS.map((name) => [name, `the ${name}`]));
    expect((await clinic.post(`${path}/evidence`, texts)).status).toBe(200);
    expect((await clinic.get(path)).body.evidence).toMatchObject(texts);
  });

  it('is done once for a key', async ({ paydesk, clinic, dispute }) => {
    const { disputeID, path } = await dispute();
    const faulty = { method: 'POST', path: `/v1/disputes/${disputeID}` } as const;
    paydesk.sandbox.faults.add({ ...faulty, kinds: ['reset_after_effect'], times: 9 });
    const key = { 'idempotency-key': 'evidence-1' };
    const body = { uncategorized_text: 'It was delivered.', submit: true };
    expectProblem(await clinic.post(`${path}/evidence`, body, key), 'outcome-unknown');
    paydesk.sandbox.faults.clear();
    const answer = await clinic.post(`${path}/evidence`, body, key);
    expect(answer.body).toMatchObject({ evidenceDetails: { submissionCount: 1 } });
    expect((await clinic.post(`${path}/evidence`, body, key)).headers.get('idempotent-replayed')).toBe(
      'true',
    );
    expect((await paydesk.stripe.disputes.retrieve(disputeID)).evidence_details.submission_count).toBe(1);
  });

  it('does not set back what has changed since, if its answer is repeated', async ({
    paydesk,
    clinic,
    dispute,
  }) => {
    const { disputeID, paymentID, path } = await dispute();
    const faulty = { method: 'POST', path: `/v1/disputes/${disputeID}` } as const;
    paydesk.sandbox.faults.add({ ...faulty, kinds: ['reset_after_effect'], times: 9 });
    const key = { 'idempotency-key': 'evidence-2' };
    const body = { uncategorized_text: 'It was delivered.' };
    expectProblem(await clinic.post(`${path}/evidence`, body, key), 'outcome-unknown');
    paydesk.sandbox.faults.clear();
    const withdrawn = { evidence: { uncategorized_text: '' }, submit: false };
    await paydesk.stripe.disputes.update(disputeID, withdrawn);
    await clinic.get(`/check?paymentID=${paymentID}`);
    expect((await clinic.post(`${path}/evidence`, body, key)).status).toBe(200);
    expect((await clinic.get(path)).body.evidenceDetails).toMatchObject({ hasEvidence: false });
  });

  it('is done although other evidence has taken its place before it was looked up', async ({
    paydesk,
    clock,
    clinic,
    dispute,
  }) => {
    const { disputeID, path } = await dispute();
    const key = { 'idempotency-key': 'evidence-overwritten' };
    const send = () => clinic.post(`${path}/evidence`, { uncategorized_text: 'It was delivered.' }, key);
    const faulty = { method: 'POST', path: `/v1/disputes/${disputeID}` } as const;
    await sendDuringFault(paydesk, { ...faulty, kinds: ['reset_after_effect'] }, send);
    const other = await clinic.post(`${path}/evidence`, { uncategorized_text: 'It was returned.' });
    expect(other.status).toBe(200);
    // Then it is looked up.
    clock.moveSeconds(DAY_SECONDS);
    expect((await send()).status).toBe(200);
    expect((await clinic.get(path)).body.evidence).toMatchObject({ uncategorized_text: 'It was returned.' });
  });

  it('is tried out by a dry run', async ({ paydesk, clinic, dispute }) => {
    const { disputeID, path } = await dispute();
    const texts = { uncategorized_text: 'It was delivered.' };
    const answer = await clinic.post(`${path}/evidence`, texts, { 'dry-run': 'true' });
    expect(answer.body).toEqual({
      dryRun: true,
      wouldSend: [
        {
          method: 'POST',
          path: `/v1/disputes/${disputeID}`,
          params: expect.objectContaining({ evidence: texts, submit: 'false' }),
        },
      ],
    });
    expect((await paydesk.stripe.disputes.retrieve(disputeID)).evidence.uncategorized_text).toBeNull();
  });

  it.for([
    ['uncategorized_text', {}],
    ['uncategorized_text', { submit: false }],
    ['submit', { submit: 'yes' }],
    ['customer_name', { customer_name: '' }],
    ['customer_name', { customer_name: 7 }],
    ['uncategorized_text', { uncategorized_text: 'a\u0000b' }],
    ['uncategorized_text', { uncategorized_text: 'It was 4242 4242 4242 4242.' }],
    // Files can't be uploaded.
    ['body', { receipt: 'file_1' }],
    ['uncategorized_text', LONG],
  ] as const)('names %s of %o', async ([field, body], { clinic }) => {
    const texts = body === LONG ? { uncategorized_text: 'x'.repeat(20_001) } : body;
    const answer = await clinic.post('/disputes/du_1/evidence', texts);
    expectProblem(answer, 'invalid-request');
    expect(answer.body.errors).toEqual([expect.objectContaining({ field })]);
  });
});

describe('POST /disputes/:id/accept', () => {
  it('loses the dispute, and tells it once', async ({ paydesk, clinic, dispute, typesOf }) => {
    const { disputeID, paymentID, path } = await dispute();
    const key = { 'idempotency-key': 'accept-1' };
    const accepted = await clinic.post(`${path}/accept`, undefined, key);
    expect(accepted).toMatchObject({
      status: 200,
      body: { disputeID, status: 'LOST', stripeStatus: 'lost' },
    });
    expect((await clinic.post(`${path}/accept`, undefined, key)).body).toEqual(accepted.body);
    expect((await paydesk.stripe.disputes.retrieve(disputeID)).status).toBe('lost');
    const payment = (await clinic.get(`/pay/payments/${paymentID}`)).body;
    expect(payment.disputes).toMatchObject([{ status: 'LOST' }]);
    expect(payment.timeline).toContainEqual(
      expect.objectContaining({ kind: 'change', objectId: disputeID, from: 'OPEN', to: 'LOST' }),
    );
    await clinic.get(`/check?paymentID=${paymentID}`);
    expect((await typesOf(paymentID)).filter((type) => type === 'dispute.closed')).toHaveLength(1);
    expectProblem(await clinic.post(`${path}/accept`), 'invalid-state');
    expectProblem(await clinic.post(`${path}/evidence`, { submit: true }), 'invalid-state');
  });

  it('closes an inquiry, which has taken no money', async ({ clinic, dispute }) => {
    const { paymentID, path } = await dispute(INQUIRY);
    const { body } = await clinic.post(`${path}/accept`);
    expect(body).toMatchObject({ status: 'WON', stripeStatus: 'warning_closed' });
    expect((await clinic.get(`/pay/payments/${paymentID}`)).body.amountDisputed).toBe('0.00');
  });

  it('is done once although its answer is lost', async ({ paydesk, clinic, dispute, typesOf }) => {
    const { disputeID, paymentID, path } = await dispute();
    const faulty = { method: 'POST', path: `/v1/disputes/${disputeID}/close` } as const;
    paydesk.sandbox.faults.add({ ...faulty, kinds: ['reset_after_effect'], times: 9 });
    const key = { 'idempotency-key': 'accept-2' };
    expectProblem(await clinic.post(`${path}/accept`, undefined, key), 'outcome-unknown');
    paydesk.sandbox.faults.clear();
    expect((await clinic.post(`${path}/accept`, undefined, key)).body).toMatchObject({ status: 'LOST' });
    expect((await typesOf(paymentID)).filter((type) => type === 'dispute.closed')).toHaveLength(1);
  });
});

it('one that Stripe does not know any more is 404', async ({ paydesk, clinic, dispute }) => {
  const { path } = await dispute();
  const error = { type: 'invalid_request_error', code: 'resource_missing', status: 404 } as const;
  paydesk.sandbox.faults.add({ method: 'GET', path: '/v1/disputes/*', kinds: ['refuse'], error, times: 9 });
  expectProblem(await clinic.get(path), 'not-found');
  expectProblem(await clinic.post(`${path}/accept`), 'not-found');
});

it.for([
  ['evidence', '/v1/disputes/*', { uncategorized_text: 'It was delivered.' }],
  ['accept', '/v1/disputes/*/close', undefined],
] as const)(
  'one that Stripe does not know any more when it gets the %s is 404',
  async ([name, refused, body], { paydesk, clinic, dispute }) => {
    const { path } = await dispute();
    const error = { type: 'invalid_request_error', code: 'resource_missing', status: 404 } as const;
    paydesk.sandbox.faults.add({ method: 'POST', path: refused, kinds: ['refuse'], error });
    const key = { 'idempotency-key': `gone-${name}` };
    expectProblem(await clinic.post(`${path}/${name}`, body, key), 'not-found');
    const repeated = await clinic.post(`${path}/${name}`, body, key);
    expectProblem(repeated, 'not-found');
    expect(repeated.headers.get('idempotent-replayed')).toBe('true');
  },
);

it('another service gets 404 for a dispute', async ({ gym, dispute }) => {
  const { path } = await dispute();
  expectProblem(await gym.get(path), 'not-found');
  expectProblem(await gym.post(`${path}/evidence`, { submit: true }), 'not-found');
  expectProblem(await gym.post(`${path}/accept`), 'not-found');
});

it('a dispute belongs to the service that has started its payment, also if that is known later', async ({
  paydesk,
  clinic,
  gym,
  dispute,
}) => {
  const { paymentID, path } = await dispute();
  for (const [caller, seen, unseen] of [
    ['service:gym', gym, clinic],
    ['service:clinic', clinic, gym],
  ] as const) {
    await query(paydesk, 'update payments set caller = $1 where payment_id = $2', [caller, paymentID]);
    expect((await seen.get(path)).status).toBe(200);
    expectProblem(await unseen.get(path), 'not-found');
  }
});
