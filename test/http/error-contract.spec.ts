import pg from 'pg';
import { describe, expect } from 'vitest';
import type { FaultKind } from '#sandbox/faults/fault.js';
import type { ProblemSlug } from '#core/problem.js';
import { expectLogged, expectProblem } from '../support/expect-problem.js';
import { databaseUrl, dropDatabase } from '../support/postgres.js';
import { startPaydesk } from '../support/paydesk.js';
import { saveCard, someUser } from '../support/saved-card.js';
import { paydeskTest } from '../support/paydesk-test.js';

const it = paydeskTest()
  .extend('user', () => someUser())
  .extend('card', ({ paydesk, partner, user }) => saveCard(paydesk, partner, user))
  .extend('charge', ({ partner, user, card }) => (paymentMethod = card) => {
    return partner.post(`/partners/user/${user}/payment_intent`, {
      amount: '3000',
      description: 'Wellness exam',
      stripe_payment_method_id: paymentMethod,
    });
  })
  .extend('strike', ({ paydesk }) => (...kinds: [FaultKind, ...FaultKind[]]) => {
    paydesk.sandbox.faults.add({ method: 'POST', path: '/v1/payment_intents', kinds, share: 1 });
  });

describe('the error contract', () => {
  // https://docs.stripe.com/testing#declined-payments
  it.for([
    ['pm_card_visa_chargeDeclined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card'],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc'],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error'],
    ['pm_card_visa_chargeDeclinedLostCard', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedStolenCard', 'generic_decline'],
    ['pm_card_chargeDeclinedFraudulent', 'generic_decline'],
  ] as const)('tells %s as a decline by the code %s', async ([testCard, declineCode], { charge }) => {
    const answer = await charge(testCard);
    expectProblem(answer, 'card-declined');
    expect(answer.body.declineCode).toBe(declineCode);
  });

  it.for<[ProblemSlug, FaultKind]>([
    ['outcome-unknown', 'error_before_effect'],
    ['outcome-unknown', 'reset_before_effect'],
    ['outcome-unknown', 'reset_after_effect'],
    ['outcome-unknown', 'half_body'],
    ['outcome-unknown', 'bad_json'],
    ['provider-busy', 'lock_timeout'],
  ])(
    'answers %s to %s, with the operation to ask for',
    async ([slug, kind], { paydesk, partner, charge, strike }) => {
      strike(kind);
      const answer = await charge();
      expectProblem(answer, slug);
      const operation = await partner.get(`/operations/${answer.body.operationId}`);
      expect(operation.body).toMatchObject({ state: 'running', problem: null });
      expectLogged(paydesk, answer, false);
    },
  );

  it('returns provider-unreachable if nothing listens', async () => {
    const paydesk = await startPaydesk();
    const other = await paydesk.partner('acme');
    await paydesk.sandbox.close();
    const answer = await other.post('/partners/user/u/setup_intent');
    await paydesk.close();
    expectProblem(answer, 'provider-unreachable');
  });

  it('returns provider-misconfigured if Stripe refuses our key', async () => {
    const locked = await startPaydesk({ environment: { STRIPE_SECRET_KEY: 'sk_live_wrong' } });
    const other = await locked.partner('acme');
    const answer = await other.post('/partners/user/u/setup_intent');
    await locked.close();
    expectProblem(answer, 'provider-misconfigured');
    expectLogged(locked, answer, true);
  });

  it('returns provider-misconfigured if our key lacks a permission', async ({ paydesk, charge, strike }) => {
    strike('no_permission');
    const answer = await charge();
    expectProblem(answer, 'provider-misconfigured');
    expectLogged(paydesk, answer, true);
  });

  it('returns internal-error for an object of ours that Stripe does not know', async ({
    paydesk,
    partner,
    user,
  }) => {
    await saveCard(paydesk, partner, user);
    const database = new pg.Client(paydesk.databaseUrl);
    await database.connect();
    await database.query("update customers set stripe_customer_id = 'cus_gone' where user_id = $1", [user]);
    await database.end();
    const answer = await partner.post(`/partners/user/${user}/setup_intent`);
    expectProblem(answer, 'internal-error');
    expectLogged(paydesk, answer, true);
  });

  it('returns unavailable while the database cannot be reached', async () => {
    const cut = await startPaydesk();
    const other = await cut.partner('acme');
    await dropDatabase(databaseUrl(cut.databaseUrl, 'postgres'), new URL(cut.databaseUrl).pathname.slice(1));
    const answer = await other.post('/partners/user/u/setup_intent');
    await cut.close();
    expectProblem(answer, 'unavailable');
  });
});
