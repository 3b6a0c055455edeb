import { describe, expect } from 'vitest';
import type { FaultKind } from '#sandbox/faults/fault.js';
import { idOf } from '#stripe/id-of.js';
import { type Actor, partnerTenant } from '#core/actor.js';
import { operationIdOf } from '../../src/operations/operation-identity.js';
import { query } from '../support/database.js';
import { CHARGING, resentCharge } from './resent-charge.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { LEASE_SECONDS, LONGEST_WAIT_SECONDS, STRIPE_SETTLES_SECONDS } from '../support/durations.js';

const it = paydeskTest({ workerByHand: true })
  .extend(
    'someCharge',
    ({ paydesk, partner }) =>
      () =>
        resentCharge(paydesk, partner),
  )
  /** Every charge goes wrong like this until the faults are cleared. */
  .extend('failCharges', ({ paydesk }) => (kind: FaultKind) => {
    paydesk.sandbox.faults.add({ ...CHARGING, kinds: [kind], share: 1 });
  })
  .extend('chargesSent', ({ paydesk }) => () => {
    return paydesk.stripeCalls.filter((call) => call === `POST ${CHARGING.path}`).length;
  })
  /** Lets time pass and the worker work until an operation has ended. */
  .extend('settled', ({ clock, paydesk, partner }) => async (operationId: string) => {
    for (;;) {
      clock.moveSeconds(LONGEST_WAIT_SECONDS);
      await paydesk.resumeNext();
      const { body } = await partner.get(`/operations/${operationId}`);
      if (body.state !== 'running') return body;
    }
  });

describe('a charge whose outcome is unknown', () => {
  it.for<FaultKind>(['reset_after_effect', 'error_after_effect', 'half_body', 'bad_json'])(
    'is told as 503 with its operation after %s, and settles by itself',
    async (kind, { paydesk, partner, someCharge, failCharges, settled }) => {
      const { send, made } = await someCharge();
      failCharges(kind);
      const { status, body } = await send();
      expect({ status, body }).toEqual({
        status: 503,
        body: {
          type: 'urn:paydesk:outcome-unknown',
          title: 'Outcome unknown',
          status: 503,
          detail:
            'It is not known whether the payment provider carried this out. Repeat the request with the same Idempotency-Key only.',
          instance: expect.stringMatching(/^urn:paydesk:request:/),
          retryable: true,
          operationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        },
      });
      expect((await partner.get(`/operations/${body.operationId}`)).body).toMatchObject({
        state: 'running',
        finishedAt: null,
      });

      paydesk.sandbox.faults.clear();
      expect(await settled(body.operationId)).toMatchObject({ state: 'succeeded', problem: null });
      const again = await send();
      expect(again.status).toBe(201);
      expect(again.headers.get('idempotent-replayed')).toBe('true');
      expect(made().map(({ id }) => again.headers.get('location')?.endsWith(id))).toEqual([true]);
    },
  );

  it('is logged at each attempt, by a caller or by the worker', async ({
    paydesk,
    clock,
    someCharge,
    failCharges,
    settled,
  }) => {
    const { send } = await someCharge();
    failCharges('reset_before_effect');
    const { operationId } = (await send()).body;
    clock.moveSeconds(LONGEST_WAIT_SECONDS);
    expect(await paydesk.resumeNext()).toBe(true);
    const line = { operationId, problem: 'outcome-unknown', alert: false, cause: expect.any(Object) };
    expect(paydesk.log.filter((logged) => logged['operationId'] === operationId)).toMatchObject([line, line]);
    paydesk.sandbox.faults.clear();
    await settled(operationId);
  });

  // https://docs.stripe.com/api/idempotent_requests: a 500 is kept for its key, and told again.
  it('is found at Stripe by its operation id if Stripe replays a 500', async ({ paydesk, someCharge }) => {
    const { send, made } = await someCharge();
    paydesk.sandbox.faults.add({ ...CHARGING, kinds: ['error_after_effect'] });
    const { status, headers } = await send();
    expect(status).toBe(201);
    expect(made().map(({ id }) => headers.get('location')?.endsWith(id))).toEqual([true]);
  });

  it('is found at Stripe if an earlier version has sent it with other parameters', async ({
    paydesk,
    someCharge,
    failCharges,
  }) => {
    const { user, card, send, made } = await someCharge();
    failCharges('reset_before_effect');
    const { operationId } = (await send()).body;
    paydesk.sandbox.faults.clear();
    const { customer } = await paydesk.stripe.paymentMethods.retrieve(card);
    const asBefore = {
      amount: 3000,
      currency: 'usd',
      customer: idOf(customer) ?? '',
      payment_method: card,
      confirm: true,
      off_session: true,
      description: user,
      metadata: { operation_id: operationId },
    };
    await paydesk.stripe.paymentIntents.create(asBefore, { idempotencyKey: `paydesk-${operationId}` });
    expect((await send()).status).toBe(201);
    expect(made()).toHaveLength(1);
  });

  it('is not-done if Stripe replays a 500 and has done nothing, and a new key charges', async ({
    paydesk,
    clock,
    someCharge,
  }) => {
    const { send, made } = await someCharge();
    paydesk.sandbox.faults.add({ ...CHARGING, kinds: ['error_before_effect'] });
    const early = await send();
    expect(early).toMatchObject({ status: 503, body: { type: 'urn:paydesk:outcome-unknown' } });

    // https://docs.stripe.com/error-low-level#server-errors: Stripe may still be at work on it for a while.
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    const last = await send();
    expect(last).toMatchObject({
      status: 409,
      body: { type: 'urn:paydesk:not-done', retryable: false, operationId: early.body.operationId },
    });
    expect((await send()).headers.get('idempotent-replayed')).toBe('true');
    expect(made()).toEqual([]);
  });

  it('is not concluded from a look-up before its last sending', async ({
    paydesk,
    clock,
    someCharge,
    failCharges,
  }) => {
    const { send, made } = await someCharge();
    paydesk.sandbox.faults.add({ ...CHARGING, kinds: ['error_before_effect'] });
    expect((await send()).body.type).toBe('urn:paydesk:outcome-unknown');
    paydesk.sandbox.faults.clear();
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    failCharges('reset_before_effect');
    expect((await send()).body.type).toBe('urn:paydesk:outcome-unknown');
    paydesk.sandbox.faults.clear();
    expect((await send()).body.type).toBe('urn:paydesk:outcome-unknown');
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    expect((await send()).body.type).toBe('urn:paydesk:not-done');
    expect(made()).toEqual([]);
  });

  it.for<[string, FaultKind, object]>([
    ['found', 'reset_after_effect', { state: 'succeeded', problem: null }],
    ['not found', 'reset_before_effect', { state: 'failed', problem: 'urn:paydesk:not-done' }],
  ])(
    'is looked up, never sent again, after 23 hours: %s',
    async ([_what, kind, report], { paydesk, clock, someCharge, failCharges, chargesSent, settled }) => {
      const { send } = await someCharge();
      failCharges(kind);
      const { body } = await send();
      clock.moveHours(23);
      paydesk.sandbox.faults.clear();
      const sent = chargesSent();
      expect(await settled(body.operationId)).toMatchObject(report);
      expect(chargesSent()).toBe(sent);
    },
  );

  it('is left to the instance with the lease, and resumed after that instance has died', async ({
    paydesk,
    clock,
    someCharge,
    failCharges,
  }) => {
    const { send, made } = await someCharge();
    failCharges('reset_after_effect');
    const { body } = await send();
    const leaseEnd = new Date(clock.now().getTime() + LEASE_SECONDS * 1000);
    const lease = 'update operations set lease_id = gen_random_uuid(), lease_expires_at = $2 where id = $1';
    await query(paydesk, lease, [body.operationId, leaseEnd]);
    paydesk.sandbox.faults.clear();

    const meanwhile = await send();
    expect(meanwhile).toMatchObject({ status: 409, body: { type: 'urn:paydesk:in-progress' } });
    expect(meanwhile.headers.get('retry-after')).toBe('1');
    clock.moveSeconds(LEASE_SECONDS + 1);
    expect((await send()).status).toBe(201);
    expect(made()).toHaveLength(1);
  });

  it.for<[string, string[], number]>([
    ['requires_confirmation', ['outcome-unknown', 'needs-review'], 1],
    ['canceled', ['not-done', 'not-done'], 0],
  ])(
    'is no success where its payment is left %s, told as %j',
    async ([status, slugs, alerts], { paydesk, clock, someCharge }) => {
      const { user, card, key, send } = await someCharge();
      const actor: Actor = { kind: 'partner', tenant: partnerTenant('acme'), keyId: '', scopes: [] };
      const route = `POST /partners/user/:user_id/payment_intent {"user_id":"${user}"}`;
      const operationId = operationIdOf({ actor, route, idempotencyKey: key, body: undefined });
      const { customer } = await paydesk.stripe.paymentMethods.retrieve(card);
      const intent = await paydesk.stripe.paymentIntents.create({
        amount: 3000,
        currency: 'usd',
        customer: idOf(customer) ?? '',
        payment_method: card,
        metadata: { operation_id: operationId },
      });
      if (status === 'canceled') await paydesk.stripe.paymentIntents.cancel(intent.id);
      paydesk.sandbox.faults.add({ ...CHARGING, kinds: ['error_before_effect'] });
      const first = await send();
      clock.moveSeconds(STRIPE_SETTLES_SECONDS);
      const last = await send();
      expect([first.body, last.body]).toMatchObject(
        slugs.map((slug) => ({ type: `urn:paydesk:${slug}`, operationId })),
      );
      const logged = paydesk.log.filter((line) => line['operationId'] === operationId && line['alert']);
      expect(logged).toHaveLength(alerts);
    },
  );

  it('stays unknown if the result cannot be stored', async ({ paydesk, someCharge }) => {
    const { send, made } = await someCharge();
    await query(paydesk, "alter table operations add constraint full_disk check (state <> 'done') not valid");
    const first = await send();
    await query(paydesk, 'alter table operations drop constraint full_disk');
    expect(first).toMatchObject({
      status: 503,
      body: { type: 'urn:paydesk:outcome-unknown', retryable: true, operationId: expect.any(String) },
    });
    expect((await send()).status).toBe(201);
    expect(made()).toHaveLength(1);
  });
});

describe('a refusal by Stripe', () => {
  it('is final, also as a problem of ours', async ({ paydesk, shop }) => {
    const product = await paydesk.stripe.products.create({ name: 'Gone', active: false });
    const { status, headers } = await shop.post('/pay', {
      successRedirect: 'https://example.com/ok',
      failureRedirect: 'https://example.com/ko',
      products: [{ quantity: 1, unitAmount: '5.00', productId: product.id }],
    });
    const [operation] = await query<{ state: string }>(
      paydesk,
      "select state from operations where kind = 'checkout'",
    );
    expect(headers.get('idempotency-key')).toBeTruthy();
    expect({ status, state: operation?.state }).toEqual({ status: 400, state: 'done' });
  });
});
