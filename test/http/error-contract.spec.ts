import pg from 'pg';
import { describe, expect } from 'vitest';
import type { ChosenError, FaultKind } from '#sandbox/faults/fault.js';
import type { ProblemSlug } from '#core/problem.js';
import { expectLogged, expectProblem } from '../support/expect-problem.js';
import { databaseUrl, dropDatabase } from '../support/postgres.js';
import { startPaydesk } from '../support/paydesk.js';
import { saveCard, someUser } from '../support/saved-card.js';
import { paydeskTest } from '../support/paydesk-test.js';

const it = paydeskTest()
  .extend('user', () => someUser())
  .extend('card', ({ paydesk, partner, user }) => saveCard(paydesk, partner, user))
  .extend('charge', ({ partner, user, card }) => () => {
    return partner.post(`/partners/user/${user}/payment_intent`, {
      amount: '3000',
      description: 'Wellness exam',
      stripe_payment_method_id: card,
    });
  })
  .extend('strike', ({ paydesk }) => (...kinds: [FaultKind, ...FaultKind[]]) => {
    paydesk.sandbox.faults.add({ method: 'POST', path: '/v1/payment_intents', kinds, share: 1 });
  });

describe('the error contract', () => {
  // https://docs.stripe.com/testing#declined-payments
  it.for([
    ['card_declined', 'generic_decline', 'generic_decline'],
    ['card_declined', 'insufficient_funds', 'insufficient_funds'],
    ['expired_card', undefined, 'expired_card'],
    ['incorrect_cvc', undefined, 'incorrect_cvc'],
    ['processing_error', undefined, 'processing_error'],
    ['card_declined', 'lost_card', 'generic_decline'],
    ['card_declined', 'stolen_card', 'generic_decline'],
    ['card_declined', 'fraudulent', 'generic_decline'],
  ] as const)(
    'reports the decline %s, %s by the code %s',
    async ([code, declined, declineCode], { paydesk, charge }) => {
      const error: ChosenError = {
        status: 402,
        type: 'card_error',
        code,
        ...(declined && { decline_code: declined }),
      };
      paydesk.sandbox.faults.add({ method: 'POST', path: '/v1/payment_intents', kinds: ['refuse'], error });
      const answer = await charge();
      expectProblem(answer, 'card-declined');
      expect(answer.body.declineCode).toBe(declineCode);
    },
  );

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
