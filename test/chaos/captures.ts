import { idOf } from '#stripe/id-of.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import { groupBy } from './audit.js';
import { auditFacts, storedNotifications } from './audit-facts.js';
import { auditRecord } from './audit-record.js';
import type { Bench } from './bench.js';
import { settleEvents } from './events.js';
import type { Maker } from './mixed-payments.js';
import { describeOutcome, isSuccess, type Outcome, type PlannedRequest } from './outcome.js';
import { makePayers, type Payer } from './payers.js';
import { runAtPace } from './send-all.js';
import { settle } from './settle.js';
import { addFaults } from './stripe.js';
import { expectNone, type Figure } from './verdict.js';

/** Each payment is captured by two requests at once, canceled by two, and refunded by one. */
const REQUESTS_PER_PAYMENT = 5;
const PAYERS = 4;
const PARTNER = 'acme';
const SERVICE = 'shop';
/** Minor units. Each payment has another amount. */
const LOWEST_AMOUNT = 2_000;
/** The part that one of the captures takes, and the part of it that is refunded. */
const PART = '1234';
const REFUND = '300';
/** How a request ends that comes too late, or too early. */
const REFUSALS = new Set<string | undefined>(['invalid-state', 'refund-not-possible', 'amount-out-of-range']);

/** What is asked about an authorized payment. */
type Kind = 'capture' | 'cancel' | 'refund';
interface Ask extends PlannedRequest {
  kind: Kind;
  credential: string;
}

/** An authorized payment, and the requests about it. */
interface Authorized {
  name: string;
  maker: Maker;
  asks: Ask[];
}

/** The requests about a payment, as they have ended. */
interface Asked {
  kind: Kind;
  credential: string;
  outcome: Outcome;
}

/** Authorizes payments by saved cards and on Checkout pages, and then captures, cancels and refunds each at once. */
export async function captures(bench: Bench): Promise<Figure[]> {
  const partner = await bench.issueKey('partner', PARTNER);
  const service = await bench.issueKey('service', SERVICE);
  bench.registerWebhook();
  const payers = await makePayers(bench, partner, PAYERS);
  const count = Math.ceil(bench.options.requests / REQUESTS_PER_PAYMENT);
  const authorized = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      index % 2 === 0
        ? reserveOnCard(bench, { partner, service }, payers[index % PAYERS]!, index)
        : reserveOnPage(bench, service, index),
    ),
  );
  addFaults(bench.stripe);
  const asked = await runAtPace(
    bench,
    authorized.flatMap(({ asks }) => asks).map((ask) => () => send(bench, ask)),
  );
  const left: Figure[] = [];
  for (const credential of [partner, service]) {
    const outcomes = asked.filter((one) => one.credential === credential).map(({ outcome }) => outcome);
    left.push(...(await settle(bench, credential, outcomes)));
  }
  const makers = new Map(authorized.map(({ name, maker }) => [name, maker]));
  return [
    ...auditAsked(bench, asked),
    ...left,
    ...(await settleEvents(bench)),
    ...(await auditRecord(bench, service, makers)),
    ...auditFacts(bench, await storedNotifications(bench)),
  ];
}

async function send(bench: Bench, { kind, credential, ...request }: Ask): Promise<Asked> {
  return { kind, credential, outcome: await bench.client(credential).send(request) };
}

/** A charge of a partner's, about which the partner and a service ask. */
async function reserveOnCard(
  bench: Bench,
  { partner, service }: { partner: string; service: string },
  { user, good }: Payer,
  index: number,
): Promise<Authorized> {
  const name = `payment-${index}`;
  const outcome = await bench.client(partner).send({
    name,
    path: `/partners/user/${user}/payment_intent`,
    body: {
      amount: LOWEST_AMOUNT + index,
      description: name,
      stripe_payment_method_id: good,
      capture: 'manual',
    },
  });
  const { location } = required(outcome);
  const paymentID = location?.split('/').at(-1);
  const ask = (kind: Kind, credential: string, path: string, body: object): Ask => {
    return { name, kind, credential, path, body };
  };
  return {
    name,
    maker: {
      caller: `partner:${PARTNER}`,
      tenant: `partner:${PARTNER}`,
      userId: user,
      shopTransactionID: null,
    },
    asks: [
      ask('capture', partner, `${location}/capture`, { amount: PART }),
      ask('capture', service, '/pay/confirm', { paymentID }),
      ask('cancel', partner, `${location}/cancel`, {}),
      ask('cancel', service, '/pay/void', { paymentID }),
      ask('refund', partner, `${location}/refund`, { amount: REFUND }),
    ],
  };
}

/** A payment that a service has started, and that is reserved on its Checkout page. */
async function reserveOnPage(bench: Bench, service: string, index: number): Promise<Authorized> {
  const name = `payment-${index}`;
  const outcome = await bench.client(service).send({
    name,
    path: '/pay',
    body: {
      shopTransactionID: name,
      amount: decimal(LOWEST_AMOUNT + index),
      capture: 'manual',
      ...redirects,
    },
  });
  const { paymentID, redirectToUrl } = required(outcome).body;
  await payOnPage(redirectToUrl);
  const ask = (kind: Kind, path: string, amount?: string): Ask => {
    return { name, kind, credential: service, path, body: { paymentID, ...(amount && { amount }) } };
  };
  return {
    name,
    maker: { caller: `service:${SERVICE}`, tenant: null, userId: null, shopTransactionID: name },
    asks: [
      ask('capture', '/pay/confirm', decimal(Number(PART))),
      ask('capture', '/pay/confirm'),
      ask('cancel', '/pay/void'),
      ask('cancel', '/pay/void'),
      ask('refund', '/refund', decimal(Number(REFUND))),
    ],
  };
}

/** Compares what the clients were told about each payment with what Stripe has. */
function auditAsked({ stripe }: Bench, asked: readonly Asked[]): Figure[] {
  const names = new Map(
    [...stripe.store.checkoutSessions.oldestFirst()].map(
      ({ payment_intent: intent, client_reference_id: name }) => [idOf(intent), name],
    ),
  );
  const intents = [...stripe.store.paymentIntents.oldestFirst()];
  const nameOf = ({ id, description }: (typeof intents)[number]) => names.get(id) ?? description ?? '';
  const byName = groupBy([...asked], ({ outcome }) => outcome.request.name);
  const payments = intents.map((intent) => {
    const of = byName.get(nameOf(intent)) ?? [];
    const done = (kind: Kind) => of.filter((one) => one.kind === kind && isSuccess(one.outcome));
    const [captured, canceled] = [done('capture'), done('cancel')];
    const refunded = sumOf(done('refund'));
    const refundedAtStripe = [...stripe.store.refunds.oldestFirst()]
      .filter((refund) => idOf(refund.payment_intent) === intent.id)
      .reduce((sum, { amount }) => sum + amount, 0);
    const line =
      `${nameOf(intent)} is ${intent.status}, ${intent.amount_received} of ${intent.amount} captured, ` +
      `${refundedAtStripe} refunded | ${of.map(describe).join(' | ')}`;
    return { intent, captured, canceled, refunded, refundedAtStripe, line };
  });
  type Payment = (typeof payments)[number];
  const none = (what: string, test: (payment: Payment) => boolean) =>
    expectNone(
      what,
      payments.filter(test).map(({ line }) => line),
    );
  const isCaptured = ({ intent }: Payment) => intent.status === 'succeeded';
  const isCanceled = ({ intent }: Payment) => intent.status === 'canceled';
  const others = asked.filter(({ outcome }) => !isSuccess(outcome) && !REFUSALS.has(outcome.slug));
  return [
    { what: 'payments', count: payments.length },
    { what: '  captured', count: payments.filter(isCaptured).length },
    { what: '  canceled', count: payments.filter(isCanceled).length },
    none('payments that are neither captured nor canceled', (one) => !isCaptured(one) && !isCanceled(one)),
    none('captures reported by several requests', ({ captured }) => captured.length > 1),
    none('captures that nobody reported', (one) => isCaptured(one) && one.captured.length === 0),
    none(
      'captures reported although nothing was captured',
      (one) => !isCaptured(one) && one.captured.length > 0,
    ),
    none('captured, and reported as canceled', (one) => isCaptured(one) && one.canceled.length > 0),
    none('cancellations that nobody reported', (one) => isCanceled(one) && one.canceled.length === 0),
    none(
      'another amount was reported than captured',
      ({ intent, captured }) => captured.length > 0 && sumOf(captured) !== intent.amount_received,
    ),
    none('another amount was reported than refunded', (one) => one.refunded !== one.refundedAtStripe),
    expectNone(
      'requests with another outcome',
      others.map(({ outcome }) => describeOutcome(outcome)),
    ),
  ];
}

/** The amounts in the responses, in minor units. */
function sumOf(asked: readonly Asked[]): number {
  return asked.reduce((sum, { outcome }) => sum + Number(String(outcome.body.amount).replace('.', '')), 0);
}

function describe({ kind, outcome: { status, slug, body } }: Asked): string {
  return `${kind}: ${slug ?? `${status} ${body?.amount}`}`;
}

function required(outcome: Outcome): Outcome {
  if (!isSuccess(outcome)) throw new Error(`no payment: ${describeOutcome(outcome)}`);
  return outcome;
}

function decimal(minor: number): string {
  return (minor / 100).toFixed(2);
}
