import { randomBytes, randomUUID } from 'node:crypto';
import { idOf } from '#stripe/id-of.js';
import { describe, expect, vi } from 'vitest';
import { settingsFrom } from '../../src/config/settings.js';
import { query } from '../support/database.js';
import { PRUNE_MS } from '../support/durations.js';
import { redirects } from '../support/hosted-page.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { someUser } from '../support/saved-card.js';
import { Caller } from '../support/caller.js';
import { startSecondInstance } from '../support/second-instance.js';

const SECRETS = /_secret_|https?:|Wellness exam/;
const [KEY, OTHER_KEY] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];

const it = paydeskTest({ workerByHand: true, environment: { ENCRYPTION_KEY: KEY } })
  .extend('rows', ({ paydesk }) => async () => {
    const rows = await query<{ text: string }>(paydesk, 'select operations::text as text from operations');
    return rows.map(({ text }) => text).join('\n');
  })
  /** Requests whose answers contain a secret, under one key each. */
  .extend('requests', ({ paydesk, partner, shop }) => async () => {
    const user = someUser();
    const key = { 'idempotency-key': randomUUID() };
    const setupIntent = await partner.post(`/partners/user/${user}/setup_intent`);
    const [setupIntentId = ''] = String(setupIntent.body.client_secret).split('_secret_');
    const { customer } = await paydesk.stripe.setupIntents.retrieve(setupIntentId);
    const { id: card } = await paydesk.stripe.paymentMethods.attach('pm_card_authenticationRequired', {
      customer: idOf(customer) ?? '',
    });
    const charge = { amount: '3000', description: 'Wellness exam', stripe_payment_method_id: card };
    return [
      () => partner.post(`/partners/user/${user}/setup_intent`, undefined, key),
      () => partner.post(`/partners/user/${user}/payment_intent`, charge, key),
      () => shop.post('/pay', { ...redirects, amount: '5.00', description: 'Wellness exam' }, key),
    ];
  })
  .extend('answers', ({ requests }) => async () => {
    const sent = await requests();
    const bodies = [];
    for (const send of sent) bodies.push((await send()).body);
    return { bodies, repeat: async () => Promise.all(sent.map(async (send) => (await send()).body)) };
  })
  .extend('aDayPasses', ({ clock, rows }) => async () => {
    clock.moveHours(24.5);
    await vi.advanceTimersByTimeAsync(PRUNE_MS);
    await expect.poll(rows).not.toMatch(/"enc": "/);
  });

/** The calls to Stripe without the one for its events, which each instance makes when it starts. */
function callsOf({ stripeCalls }: { stripeCalls: readonly string[] }): string[] {
  return stripeCalls.filter((call) => call !== 'GET /v1/events');
}

/** Bodies without what differs between a problem and its repetition. */
function comparable(bodies: Record<string, unknown>[]) {
  return bodies.map(({ replayed: _replayed, instance: _instance, ...body }) => body);
}

describe('the rows of operations', () => {
  it('contain no client secret, no redirect URL and no free text, and a repetition has all of it', async ({
    answers,
    rows,
  }) => {
    const { bodies, repeat } = await answers();
    expect(JSON.stringify(bodies).match(/_secret_|redirectToUrl":"http/g)).toHaveLength(3);
    expect(await rows()).not.toMatch(SECRETS);
    expect(comparable(await repeat())).toEqual(comparable(bodies));
  });

  it('lose plans and secrets after a day, and a repetition gets the secrets from Stripe', async ({
    answers,
    rows,
    aDayPasses,
    paydesk,
  }) => {
    const { bodies, repeat } = await answers();
    await aDayPasses();
    const withPlan = () => query(paydesk, 'select id from operations where plan is not null');
    await expect.poll(withPlan).toEqual([]);
    expect(await rows()).not.toMatch(SECRETS);
    const [setupIntent, problem, checkout] = comparable(await repeat());
    expect([setupIntent, problem]).toEqual(comparable(bodies.slice(0, 2)));
    // A page expires after 24 hours: https://docs.stripe.com/api/checkout/sessions/object#checkout_session_object-url
    expect(checkout).toEqual({ ...bodies[2], redirectToUrl: null });
  });

  it('of an earlier version lose what they have in clear', async ({ answers, rows, aDayPasses, paydesk }) => {
    const { bodies, repeat } = await answers();
    await query(
      paydesk,
      `update operations set plan = '{"description": "Wellness exam"}', outcome = case
        when outcome -> 'result' is not null then jsonb_build_object('result',
          outcome -> 'result' || '{"clientSecret": "seti_1_secret_old", "url": "https://example.com/old"}')
        else jsonb_set(outcome, '{problem,extras,clientSecret}', '"pi_1_secret_old"') - 'enc' end
       where outcome ? 'enc'`,
    );
    expect(comparable(await repeat())).toMatchObject([
      { client_secret: 'seti_1_secret_old' },
      { clientSecret: 'pi_1_secret_old' },
      { redirectToUrl: 'https://example.com/old' },
    ]);
    await aDayPasses();
    expect(await rows()).not.toMatch(SECRETS);
    expect(comparable(await repeat()).slice(0, 2)).toEqual(comparable(bodies).slice(0, 2));
  });
});

describe('an unfinished operation', () => {
  const pay = it.extend('unfinished', ({ paydesk, clock, shop }) => async () => {
    const key = { 'idempotency-key': randomUUID() };
    const body = { ...redirects, amount: '5.00', description: 'Wellness exam' };
    paydesk.sandbox.faults.add({
      path: '/v1/checkout/sessions',
      method: 'POST',
      kinds: ['reset_after_effect'],
      share: 1,
    });
    const { body: problem } = await shop.post('/pay', body, key);
    paydesk.sandbox.faults.clear();
    expect(problem.type).toBe('urn:paydesk:outcome-unknown');
    return {
      operationId: String(problem.operationId),
      repeatWith: async (encryptionKeys: string[]) => {
        const settings = settingsFrom({
          LOG_LEVEL: 'warn',
          DATA_DIR: paydesk.settings.DATA_DIR,
          ENCRYPTION_KEY: encryptionKeys.join(','),
        });
        const other = await startSecondInstance({ ...paydesk, settings }, clock);
        try {
          return await new Caller(other.url, shop.credential).post('/pay', body, key);
        } finally {
          await other.close();
        }
      },
    };
  });

  pay('is repeated after a rotation of the key', async ({ unfinished, paydesk, rows }) => {
    const { repeatWith } = await unfinished();
    expect(await rows()).not.toMatch(SECRETS);
    const sent = callsOf(paydesk).length;
    expect((await repeatWith([OTHER_KEY, KEY])).status).toBe(201);
    expect(callsOf(paydesk).slice(sent)).toEqual(['POST /v1/checkout/sessions']);
  });

  pay('is sent to nobody if its key is lost, and stays unfinished', async ({ unfinished, paydesk, shop }) => {
    const { repeatWith, operationId } = await unfinished();
    const sent = callsOf(paydesk).length;
    expect((await repeatWith([OTHER_KEY])).body.type).toBe('urn:paydesk:outcome-unknown');
    expect(callsOf(paydesk).slice(sent)).toEqual([]);
    expect((await shop.get(`/operations/${operationId}`)).body).toMatchObject({ state: 'running' });
    expect((await repeatWith([OTHER_KEY, KEY])).status).toBe(201);
  });
});
