import { idOf } from '#stripe/id-of.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import { groupBy } from './audit.js';
import { auditFacts, storedNotifications } from './audit-facts.js';
import { auditRecord } from './audit-record.js';
import type { Bench } from './bench.js';
import { settleEvents } from './events.js';
import type { Maker } from './mixed-payments.js';
import { describeOutcome, isSuccess, type Outcome, type PlannedRequest } from './outcome.js';
import { runChainsAtPace } from './send-all.js';
import { settle } from './settle.js';
import { addFaults } from './stripe.js';
import { untilDone } from './until-done.js';
import { expectNone, type Figure } from './verdict.js';

/** Two clients add a text to each dispute at once, and then two answer it at once. */
const REQUESTS_PER_DISPUTE = 4;
const SERVICE = 'shop';
/** https://docs.stripe.com/testing#disputes */
const DISPUTED = '4000000000000259';
/** More than the sandbox's bank takes to decide. */
const DECISION_MS = 60_000;
/** The bank decides for the merchant: https://docs.stripe.com/testing#evidence */
const SUBMISSION = { uncategorized_text: 'winning_evidence', submit: true };

type Kind = 'text' | 'submit' | 'accept';
const TEXTS: readonly Kind[] = ['text', 'text'];
/** What the two clients answer. */
const ANSWERS: readonly (readonly [Kind, Kind])[] = [
  ['submit', 'submit'],
  ['accept', 'accept'],
  ['submit', 'accept'],
];

/** A payment that its customer disputes. */
interface Disputed {
  name: string;
  disputeID: string;
  answers: readonly [Kind, Kind];
}

/** A request about a dispute, as it has ended. */
interface Answered {
  kind: Kind;
  name: string;
  outcome: Outcome;
}

/** Adds evidence to disputes, and submits it or accepts them, by two clients at once. */
export async function disputes(bench: Bench): Promise<Figure[]> {
  const key = await bench.issueKey('service', SERVICE);
  bench.registerWebhook();
  const count = Math.ceil(bench.options.requests / REQUESTS_PER_DISPUTE);
  const disputed = await Promise.all(
    Array.from({ length: count }, (_, index) => payAndDispute(bench, key, index)),
  );
  await untilDone(
    bench,
    () => bench.query('select dispute_id from payment_disputes'),
    (recorded) => count - recorded.length,
  );
  addFaults(bench.stripe);
  const answered = await runChainsAtPace(
    bench,
    disputed.map((one) =>
      [TEXTS, one.answers].map((kinds) => kinds.map((kind, client) => ask(bench, key, one, kind, client))),
    ),
  );
  const left = await settle(
    bench,
    key,
    answered.map(({ outcome }) => outcome),
  );
  const answers = auditAnswers(bench, disputed, answered);
  await bench.clock.advanceMs(DECISION_MS);
  // What is due is done before Stripe answers.
  await bench.stripeClient.balance.retrieve();
  const makers = new Map(disputed.map(({ name }) => [name, makerOf(name)]));
  return [
    ...answers,
    ...left,
    ...(await settleEvents(bench)),
    ...(await auditRecord(bench, key, makers)),
    ...auditFacts(bench, await storedNotifications(bench)),
  ];
}

function makerOf(name: string): Maker {
  return { caller: `service:${SERVICE}`, tenant: null, userId: null, shopTransactionID: name };
}

async function payAndDispute(bench: Bench, key: string, index: number): Promise<Disputed> {
  const name = `payment-${index}`;
  const body = { shopTransactionID: name, amount: `${20 + index}.00`, ...redirects };
  const outcome = await bench.client(key).send({ name, path: '/pay', body });
  if (!isSuccess(outcome)) throw new Error(`no payment: ${describeOutcome(outcome)}`);
  await payOnPage(outcome.body.redirectToUrl, DISPUTED);
  const { store } = bench.stripe;
  const intent = idOf(store.checkoutSessions.get(outcome.body.paymentID)?.payment_intent);
  const dispute = [...store.disputes.oldestFirst()].find(({ payment_intent: of }) => idOf(of) === intent);
  if (!dispute) throw new Error(`no dispute of ${name}`);
  return { name, disputeID: dispute.id, answers: ANSWERS[index % ANSWERS.length]! };
}

function ask(bench: Bench, key: string, { name, disputeID }: Disputed, kind: Kind, client: number) {
  const isAcceptance = kind === 'accept';
  const request: PlannedRequest = {
    name: `${kind} ${client} of ${name}`,
    path: `/disputes/${disputeID}/${isAcceptance ? 'accept' : 'evidence'}`,
    body: isAcceptance ? {} : kind === 'submit' ? SUBMISSION : { product_description: `text ${client}` },
  };
  return async (): Promise<Answered> => ({ kind, name, outcome: await bench.client(key).send(request) });
}

/** Compares what the clients were told about each dispute with what Stripe has, before the bank decides. */
function auditAnswers(
  { stripe }: Bench,
  disputed: readonly Disputed[],
  answered: readonly Answered[],
): Figure[] {
  const byName = groupBy([...answered], ({ name }) => name);
  const all = disputed.map(({ name, disputeID }) => {
    const { status, evidence, evidence_details: details } = stripe.store.disputes.get(disputeID)!;
    const of = byName.get(name) ?? [];
    const reported = (kind: Kind) => of.filter((one) => one.kind === kind && isSuccess(one.outcome)).length;
    const line = `${name} is ${status}, submitted ${details.submission_count} times | ${of
      .map(({ outcome }) => describeOutcome(outcome))
      .join(' | ')}`;
    return { status, evidence, submitted: details.submission_count, reported, line };
  });
  type One = (typeof all)[number];
  const none = (what: string, test: (one: One) => boolean) =>
    expectNone(
      what,
      all.filter(test).map(({ line }) => line),
    );
  const others = answered.filter(({ outcome }) => !isSuccess(outcome) && outcome.slug !== 'invalid-state');
  return [
    { what: 'disputes', count: all.length },
    { what: '  answered with evidence', count: all.filter(({ submitted }) => submitted > 0).length },
    { what: '  accepted', count: all.filter(({ status }) => status === 'lost').length },
    none('evidence that was submitted twice', ({ submitted }) => submitted > 1),
    none(
      'another number of submissions was reported than made',
      ({ submitted, reported }) => reported('submit') !== submitted,
    ),
    none(
      'reported as accepted, and is not, or the reverse',
      ({ status, reported }) => (status === 'lost') !== reported('accept') > 0,
    ),
    none('both submitted and accepted', ({ status, submitted }) => status === 'lost' && submitted > 0),
    none('neither submitted nor accepted', ({ status, submitted }) => status !== 'lost' && submitted === 0),
    none(
      'texts that nobody reported, or that are lost',
      ({ evidence, reported }) =>
        reported('text') !== 2 || !evidence.product_description?.startsWith('text '),
    ),
    expectNone(
      'requests with another outcome',
      others.map(({ outcome }) => describeOutcome(outcome)),
    ),
  ];
}
