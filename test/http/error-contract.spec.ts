import pg from 'pg';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FaultKind } from '#sandbox/faults/fault.js';
import type { ProblemSlug } from '#core/problem.js';
import type { Answer } from '../support/caller.js';
import { expectLogged, expectProblem } from '../support/expect-problem.js';
import { databaseUrl, dropDatabase } from '../support/postgres.js';
import { startPaydesk, usePaydesk } from '../support/paydesk.js';
import { saveCard, someUser } from '../support/saved-card.js';

describe('the error contract', async () => {
  const paydesk = await usePaydesk();
  const partner = await paydesk.partner('acme');
  let user: string;
  let card: string;

  beforeEach(async () => {
    user = someUser();
    card = await saveCard(paydesk, partner, user);
  });

  function charge(paymentMethod = card): Promise<Answer> {
    return partner.post(`/partners/user/${user}/payment_intent`, {
      amount: '3000',
      description: 'Wellness exam',
      stripe_payment_method_id: paymentMethod,
    });
  }

  function strike(...kinds: [FaultKind, ...FaultKind[]]): void {
    paydesk.sandbox.faults.add({ method: 'POST', path: '/v1/payment_intents', kinds, share: 1 });
  }

  // https://docs.stripe.com/testing#declined-payments
  it.each([
    ['pm_card_visa_chargeDeclined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card'],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc'],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error'],
    ['pm_card_visa_chargeDeclinedLostCard', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedStolenCard', 'generic_decline'],
    ['pm_card_chargeDeclinedFraudulent', 'generic_decline'],
  ])('tells %s as a decline by the code %s', async (testCard, declineCode) => {
    const answer = await charge(testCard);
    expectProblem(answer, 'card-declined');
    expect(answer.body.declineCode).toBe(declineCode);
  });

  it.each<[ProblemSlug, FaultKind]>([
    ['outcome-unknown', 'error_before_effect'],
    ['outcome-unknown', 'reset_before_effect'],
    ['outcome-unknown', 'reset_after_effect'],
    ['outcome-unknown', 'half_body'],
    ['outcome-unknown', 'bad_json'],
    ['provider-busy', 'lock_timeout'],
  ])('answers %s to %s, with the operation to ask for', async (slug, kind) => {
    strike(kind);
    const answer = await charge();
    expectProblem(answer, slug);
    const operation = await partner.get(`/operations/${answer.body.operationId}`);
    expect(operation.body).toMatchObject({ state: 'running', problem: null });
    expectLogged(paydesk, answer, false);
  });

  it('answers provider-unreachable where nothing listens', async () => {
    const lonely = await startPaydesk();
    const other = await lonely.partner('acme');
    await lonely.sandbox.close();
    const answer = await other.post('/partners/user/u/setup_intent');
    await lonely.close();
    expectProblem(answer, 'provider-unreachable');
  });

  it('answers provider-misconfigured where Stripe does not take our key', async () => {
    const locked = await startPaydesk({ STRIPE_SECRET_KEY: 'sk_live_wrong' });
    const other = await locked.partner('acme');
    const answer = await other.post('/partners/user/u/setup_intent');
    await locked.close();
    expectProblem(answer, 'provider-misconfigured');
    expectLogged(locked, answer, true);
  });

  it('answers provider-misconfigured where our key may not do this', async () => {
    strike('no_permission');
    const answer = await charge();
    expectProblem(answer, 'provider-misconfigured');
    expectLogged(paydesk, answer, true);
  });

  it('answers internal-error for an object that we named and Stripe does not know', async () => {
    const database = new pg.Client(paydesk.databaseUrl);
    await database.connect();
    await database.query("update customers set stripe_customer_id = 'cus_gone' where user_id = $1", [user]);
    await database.end();
    const answer = await partner.post(`/partners/user/${user}/setup_intent`);
    expectProblem(answer, 'internal-error');
    expectLogged(paydesk, answer, true);
  });

  it('answers unavailable while the database is away', async () => {
    const cut = await startPaydesk();
    const other = await cut.partner('acme');
    await dropDatabase(databaseUrl(cut.databaseUrl, 'postgres'), new URL(cut.databaseUrl).pathname.slice(1));
    const answer = await other.post('/partners/user/u/setup_intent');
    await cut.close();
    expectProblem(answer, 'unavailable');
  });
});
