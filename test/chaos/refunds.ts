import { idOf } from '#stripe/id-of.js';
import type { Effect } from '#sandbox/control/ledger.js';
import type { Bench } from './bench.js';
import { sendAll } from './send-all.js';
import { settle } from './settle.js';
import { addFaults } from './stripe.js';
import { isSuccess, describeOutcome, type Outcome } from './outcome.js';
import { type Figure, expectNone } from './verdict.js';

const REFUNDS_PER_PAYMENT = 20;
/** Minor units, enough for about half of the requested refunds. */
const PAID = 2_000;

/** Refunds each payment by many clients at once, which together request more than was paid. */
export async function refunds(bench: Bench): Promise<Figure[]> {
  const key = await bench.issueKey('service', 'shop');
  const count = Math.ceil(bench.options.requests / REFUNDS_PER_PAYMENT);
  const payments = await Promise.all(Array.from({ length: count }, () => pay(bench)));
  const requests = payments.flatMap((paymentID) =>
    Array.from({ length: REFUNDS_PER_PAYMENT }, (_, index) => ({
      name: `refund ${index} of ${paymentID}`,
      path: '/refund',
      // One requests all that is left.
      body: index === REFUNDS_PER_PAYMENT / 2 ? { paymentID } : { paymentID, amount: `1.${index + 10}` },
    })),
  );
  addFaults(bench.stripe);
  const outcomes = await sendAll(bench, key, requests);
  const left = await settle(bench, key, outcomes);
  return [
    { what: 'payments', count: payments.length },
    ...auditOutcomes(bench, outcomes),
    ...auditPayments(bench, outcomes),
    ...left,
  ];
}

async function pay({ stripeClient }: Bench): Promise<string> {
  const { id } = await stripeClient.paymentIntents.create({
    amount: PAID,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    confirm: true,
    return_url: 'https://example.com/paid',
  });
  return id;
}

/** Compares Stripe's refunds with the clients' outcomes. */
function auditOutcomes({ stripe }: Bench, outcomes: readonly Outcome[]): Figure[] {
  const done = outcomes.filter(isSuccess);
  const refused = outcomes.filter(({ slug }) => slug === 'refund-not-possible');
  const others = outcomes.filter((one) => !isSuccess(one) && !refused.includes(one));
  const created = new Map(stripe.ledger.list('refund').map((refund) => [refund.id, refund]));
  const reportedIds = new Set(done.map(({ body }) => String(body.refundID)));
  return [
    { what: 'reported as done', count: done.length },
    { what: 'refused', count: refused.length },
    expectNone('other outcome, or none', others.map(describeOutcome)),
    expectNone(
      'doubled or phantom: not reported to a client',
      [...created.values()].filter(({ id }) => !reportedIds.has(id)).map(describe),
    ),
    expectNone(
      'lost: reported as done, no effect',
      done.filter(({ body }) => !created.has(body.refundID)).map(describeOutcome),
    ),
    { what: 'reported twice', count: done.length - reportedIds.size, expected: 0 },
    expectNone(
      'wrong amount',
      done.filter((one) => isWrong(one, created.get(one.body.refundID))).map(describeOutcome),
    ),
  ];
}

/** Compares the refunded amount of each payment with the reported amounts. */
function auditPayments({ stripe }: Bench, outcomes: readonly Outcome[]): Figure[] {
  const charges = stripe.ledger.list('charge').map(({ id }) => stripe.store.charges.get(id)!);
  const reportedCentsOf = (payment: string | undefined) =>
    sumOf(outcomes.filter((one) => isSuccess(one) && one.body.paymentID === payment).map(centsOf));
  const lines = charges.map(({ payment_intent: intent, amount_refunded: refunded }) => {
    const payment = idOf(intent);
    const reportedMinor = reportedCentsOf(payment);
    return {
      refunded,
      reportedMinor,
      line: `${payment}: ${refunded} of ${PAID} refunded, ${reportedMinor} reported`,
    };
  });
  const overAsked = stripe.counters.list().find(({ route }) => route === 'POST /v1/refunds')?.statuses[400];
  return [
    expectNone(
      'over-refunded payments',
      lines.filter(({ refunded }) => refunded > PAID).map(({ line }) => line),
    ),
    { what: 'refunds that Stripe refused', count: overAsked ?? 0, expected: 0 },
    expectNone(
      'payments whose refunded amount is not the reported one',
      lines.filter((of) => of.refunded !== of.reportedMinor).map(({ line }) => line),
    ),
  ];
}

function isWrong(outcome: Outcome, refund: Effect | undefined): boolean {
  return refund !== undefined && refund.amount !== centsOf(outcome);
}

/** The amount of a refund in a client's response, in cents. */
function centsOf({ body }: Outcome): number {
  return Number(String(body.amount).replace('.', ''));
}

function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}

function describe({ id, amount, metadata }: Effect): string {
  return `${id} of ${amount}, operation ${metadata['operation_id']}`;
}
