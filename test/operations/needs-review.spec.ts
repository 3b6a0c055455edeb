import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { OPERATION_ID } from '#stripe/find-by-metadata.js';
import { notificationFaults } from '../support/notification-schema.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { saveCard, someUser } from '../support/saved-card.js';
import { startSubscription } from '../support/subscription.js';
import { LONGEST_WAIT_SECONDS, STRIPE_SETTLES_SECONDS } from '../support/durations.js';
import { expectProblem } from '../support/expect-problem.js';

const PAYMENTS = { method: 'POST', path: '/v1/payment_intents' } as const;
/** More than we look through at Stripe for what an operation has made. */
const TOO_MANY = 5_001;

const it = paydeskTest({ workerByHand: true })
  /** Charges of the same customer that other software makes, so that Stripe's list is too long to prove anything. */
  .extend('chargeElsewhere', ({ paydesk }) => (times: number) => {
    const { sandbox } = paydesk;
    const { paymentIntents } = sandbox.store;
    const [model] = paymentIntents.newestFirst();
    if (!model) throw new Error('there is no charge to be like');
    sandbox.run((ctx) => {
      for (let count = 0; count < times; count += 1)
        paymentIntents.insert({
          ...model,
          id: `pi_elsewhere${count}`,
          created: ctx.now(),
          metadata: {},
        });
    });
  });

describe('a charge whose outcome can no longer be proved', () => {
  it('needs a review after 23 hours, and is never sent again', async ({
    paydesk,
    clock,
    partner,
    chargeElsewhere,
  }) => {
    const user = someUser();
    const body = {
      amount: '3000',
      description: user,
      stripe_payment_method_id: await saveCard(paydesk, partner, user),
    };
    const charge = (key: string) =>
      partner.post(`/partners/user/${user}/payment_intent`, body, { 'idempotency-key': key });
    expect((await charge(randomUUID())).status).toBe(201);
    const key = randomUUID();
    paydesk.sandbox.faults.add({ ...PAYMENTS, kinds: ['reset_before_effect'], share: 1 });
    const { operationId } = (await charge(key)).body;
    paydesk.sandbox.faults.clear();

    clock.moveHours(23);
    chargeElsewhere(TOO_MANY);
    const sent = () => paydesk.stripeCalls.filter((call) => call === `POST ${PAYMENTS.path}`).length;
    const sentBefore = sent();
    expect(await paydesk.resumeNext()).toBe(true);
    clock.moveSeconds(LONGEST_WAIT_SECONDS);
    expect(await paydesk.resumeNext()).toBe(true);

    const operation = (await partner.get(`/operations/${operationId}`)).body;
    expect(operation).toEqual({
      operationId,
      state: 'needs-review',
      problem: null,
      createdAt: expect.any(String),
      finishedAt: expect.any(String),
    });
    const { data } = (await partner.get(`/notifications?subject=${operationId}`)).body;
    expect(data).toMatchObject([{ type: 'operation.needs_review', sequence: 1, data: { operation } }]);
    const [{ deliveries: _deliveries, ...told }] = data;
    expect(notificationFaults('operation.needs_review', told)).toEqual([]);
    clock.moveSeconds(LONGEST_WAIT_SECONDS);
    expect(await paydesk.resumeNext()).toBe(false);
    expect(await charge(key)).toMatchObject({
      status: 409,
      body: { type: 'urn:paydesk:needs-review', retryable: false, operationId },
    });
    expect(sent()).toBe(sentBefore);
  });
});

it('a customer needs a review if the account has too many new ones to look through, and another one can be linked', async ({
  paydesk,
  clock,
  shop,
}) => {
  const { sandbox, stripe } = paydesk;
  const model = await stripe.customers.create({});
  sandbox.run((ctx) => {
    for (let count = 0; count < TOO_MANY; count += 1) {
      const { lastResponse: _lastResponse, ...customer } = model;
      sandbox.store.customers.insert({ ...customer, id: `cus_elsewhere${count}`, created: ctx.now() });
    }
  });
  // A lost database may have made the customer before these.
  clock.moveHours(1);
  const path = `/customers/${someUser()}`;
  sandbox.faults.add({ method: 'POST', path: '/v1/customers', kinds: ['error_before_effect'] });
  expectProblem(await shop.put(path, { name: 'Jenny' }), 'outcome-unknown');
  clock.moveSeconds(STRIPE_SETTLES_SECONDS);
  expectProblem(await shop.put(path, { name: 'Jenny' }), 'needs-review');

  const { id: stripeCustomerId } = await stripe.customers.create({});
  expect((await shop.put(path, { stripeCustomerId })).status).toBe(200);
  expect((await shop.get(path)).body).toMatchObject({ stripeCustomerId });
});

it('a change of a subscription needs a review if its page is open, as it can not be recorded', async ({
  paydesk,
  shop,
}) => {
  const { id } = await startSubscription(paydesk.stripe, { [OPERATION_ID]: randomUUID() });
  const { faults, store } = paydesk.sandbox;
  const path = `/v1/subscriptions/${id}`;
  faults.add({ method: 'POST', path, kinds: ['reset_after_effect'], times: 2 });
  const headers = { 'idempotency-key': randomUUID() };
  const pause = () => shop.post('/pay/recurrent/pause', { paymentID: id }, headers);
  expectProblem(await pause(), 'outcome-unknown');
  paydesk.sandbox.run(() => store.subscriptions.update(id, { status: 'incomplete' }));
  expectProblem(await pause(), 'needs-review');
  expectProblem(await pause(), 'needs-review');
});
