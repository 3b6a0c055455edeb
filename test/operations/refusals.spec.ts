import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import type { ChosenError } from '#sandbox/faults/fault.js';
import type { Method } from '#sandbox/http/route.js';
import { idOf } from '#stripe/id-of.js';
import { expectLogged, expectProblem } from '../support/expect-problem.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { saveCard, someUser } from '../support/saved-card.js';
import { startSubscription } from '../support/subscription.js';

const PAGE = { successRedirect: 'https://example.com/ok', failureRedirect: 'https://example.com/ko' };

/** A refusal of Stripe's with status 400. */
const refusal = (error: Partial<ChosenError>): ChosenError => ({
  status: 400,
  type: 'invalid_request_error',
  ...error,
});

const withKey = () => ({ 'idempotency-key': randomUUID() });

const it = paydeskTest({ workerByHand: true })
  .extend('refuse', ({ paydesk }) => (method: Method, path: string, error: ChosenError) => {
    paydesk.sandbox.faults.add({ method, path, kinds: ['refuse'], error });
  })
  /** Saves a card, and returns it with a request that charges it. */
  .extend('saveOne', ({ paydesk, partner }) => async () => {
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    const body = { amount: '3000', description: 'x', stripe_payment_method_id: card };
    const charge = (headers = withKey()) =>
      partner.post(`/partners/user/${user}/payment_intent`, body, headers);
    return { card, charge };
  })
  /** Subscribes a user in usd. */
  .extend('subscribe', ({ paydesk: { stripe }, shop }) => async () => {
    const userId = someUser();
    const { id, customer } = await startSubscription(stripe);
    const linked = await shop.put(`/customers/${userId}`, { stripeCustomerId: idOf(customer) });
    expect(linked.status).toBe(200);
    return { userId, subscription: id };
  })
  /** Charges a card that Stripe declines like this. */
  .extend('declined', ({ refuse, saveOne }) => async (decline: Partial<ChosenError>) => {
    const { charge } = await saveOne();
    refuse('POST', '/v1/payment_intents', {
      status: 402,
      type: 'card_error',
      code: 'card_declined',
      ...decline,
    });
    const answer = await charge();
    expectProblem(answer, 'card-declined');
    return answer.body;
  });

describe("Stripe's refusal", () => {
  it('of a card that was detached after it became known is final, as of an unknown one', async ({
    paydesk,
    saveOne,
  }) => {
    const { card, charge } = await saveOne();
    expect((await charge()).status).toBe(201);
    await paydesk.stripe.paymentMethods.detach(card);
    const key = withKey();
    const unknown = {
      status: 404,
      body: { errors: [{ field: 'stripe_payment_method_id', message: 'no such object' }] },
    };
    expect(await charge(key)).toMatchObject(unknown);
    const repeated = await charge(key);
    expect(repeated).toMatchObject(unknown);
    expect(repeated.headers.get('idempotent-replayed')).toBe('true');
  });

  it('of a card that cannot be used is final, and says so', async ({ refuse, saveOne }) => {
    const { charge } = await saveOne();
    refuse('POST', '/v1/payment_intents', refusal({ code: 'payment_method_unexpected_state' }));
    const key = withKey();
    expectProblem(await charge(key), 'payment-method-unusable');
    const repeated = await charge(key);
    expectProblem(repeated, 'payment-method-unusable');
    expect(repeated.headers.get('idempotent-replayed')).toBe('true');
  });

  it("of a currency that differs from the user's subscription says so", async ({ shop, subscribe }) => {
    const { userId } = await subscribe();
    const answer = await shop.post('/pay/recurrent', {
      ...PAGE,
      userId,
      currency: 'eur',
      amount: '5.00',
      interval: 'month',
    });
    expectProblem(answer, 'currency-mismatch');
  });

  it('to cancel at the end of the period a subscription that a schedule of the Dashboard manages says so', async ({
    paydesk: { stripe },
    shop,
    subscribe,
  }) => {
    const { subscription } = await subscribe();
    const { id: schedule } = await stripe.subscriptionSchedules.create({ from_subscription: subscription });
    await stripe.subscriptionSchedules.update(schedule, { end_behavior: 'cancel' });
    const body = { paymentID: subscription, cancelType: 'endOfPeriod' };
    expectProblem(await shop.post('/pay/recurrent/expire', body), 'subscription-scheduled');
  });

  it('of an Indian export without name and address says that they are required', async ({
    refuse,
    saveOne,
  }) => {
    const { charge } = await saveOne();
    const message =
      'As per Indian regulations, export transactions require a customer name and address. More info here: ' +
      'https://stripe.com/docs/india-exports';
    refuse('POST', '/v1/payment_intents', refusal({ message }));
    expectProblem(await charge(), 'customer-details-required');
  });

  it('of a URL names its field', async ({ shop, refuse }) => {
    refuse('POST', '/v1/checkout/sessions', refusal({ code: 'url_invalid', param: 'cancel_url' }));
    const answer = await shop.post('/pay', { ...PAGE, amount: '5.00' });
    expectProblem(answer, 'url-invalid');
    expect(answer.body.errors).toEqual([
      { field: 'failureRedirect', message: 'is not accepted by the payment provider' },
    ]);
  });

  it('of a payment method that the account has not activated is an alert, and is not kept', async ({
    paydesk,
    refuse,
    saveOne,
  }) => {
    const { charge } = await saveOne();
    const key = withKey();
    refuse('POST', '/v1/payment_intents', refusal({ code: 'payment_method_unactivated' }));
    const answer = await charge(key);
    expectProblem(answer, 'provider-misconfigured');
    expectLogged(paydesk, answer, true);
    expect(await paydesk.resumeNext()).toBe(false);
    expect((await charge(key)).status).toBe(201);
  });

  // Stripe has not begun such a request, so it does not save the answer: https://docs.stripe.com/api/idempotent_requests
  it.for([401, 403])('of our credentials with status %i is not kept', async (status, { refuse, saveOne }) => {
    const { charge } = await saveOne();
    const key = withKey();
    refuse('POST', '/v1/payment_intents', refusal({ status }));
    expectProblem(await charge(key), 'provider-misconfigured');
    expect((await charge(key)).status).toBe(201);
  });

  it('that nobody has mapped is an alert, and is kept with its code and without its message', async ({
    paydesk,
    refuse,
    saveOne,
  }) => {
    const { charge } = await saveOne();
    const key = withKey();
    refuse('POST', '/v1/payment_intents', refusal({ code: 'something_new', message: 'No such reason' }));
    const answer = await charge(key);
    expectProblem(answer, 'provider-refused');
    expect(answer.body.providerCode).toBe('something_new');
    expectLogged(paydesk, answer, true);
    const repeated = await charge(key);
    expectProblem(repeated, 'provider-refused');
    expect(repeated.headers.get('idempotent-replayed')).toBe('true');
  });

  it('that waits for an approval needs a review, as Stripe may still carry it out', async ({
    refuse,
    saveOne,
  }) => {
    const { charge } = await saveOne();
    refuse('POST', '/v1/payment_intents', refusal({ code: 'approval_required' }));
    expectProblem(await charge(), 'needs-review');
  });

  it('of the request rate with status 400 is as busy as one with 429', async ({
    clock,
    partner,
    refuse,
    saveOne,
  }) => {
    const { charge } = await saveOne();
    refuse('POST', '/v1/payment_intents', refusal({ code: 'rate_limit' }));
    const answer = await charge();
    expectProblem(answer, 'provider-busy');
    expect(answer.headers.get('retry-after')).toBe('1');
    const { body } = await partner.get(`/operations/${answer.body.operationId}`);
    expect(body).toMatchObject({ state: 'running' });
    clock.moveSeconds(1);
  });
});

describe("the advice of a card's issuer", () => {
  it.for(['try_again_later', 'confirm_card_data', 'do_not_try_again'])(
    'is passed on: %s',
    async (advice_code, { declined }) => {
      const { declineCode, advice } = await declined({ decline_code: 'insufficient_funds', advice_code });
      expect({ declineCode, advice }).toEqual({ declineCode: 'insufficient_funds', advice: advice_code });
    },
  );

  it.for(['stolen_card', 'fraudulent', 'generic_decline'])(
    'is not passed on for %s',
    async (decline_code, { declined }) => {
      const body = await declined({ decline_code, advice_code: 'do_not_try_again' });
      expect(body.declineCode).toBe('generic_decline');
      expect(body).not.toHaveProperty('advice');
    },
  );
});
