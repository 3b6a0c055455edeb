import { idOf } from '#stripe/id-of.js';
import { payOnPage } from '../support/hosted-page.js';
import { auditSuccess, groupBy } from './audit.js';
import type { Bench } from './bench.js';
import { auditCheckouts, checkoutRequests, sessionsAtStripe } from './checkout-requests.js';
import { sendAll } from './send-all.js';
import { settle } from './settle.js';
import { addFaults } from './stripe.js';
import { isSuccess, describeOutcome, type Outcome, type PlannedRequest } from './outcome.js';
import { type Figure, expectNone } from './verdict.js';

/** The ways to cancel a subscription, used in turn. The day is within the first period. */
const ENDS = [
  { cancelType: 'now' },
  { cancelType: 'endOfPeriod' },
  { cancelType: 'atDay', cancelTime: daysAhead(10) },
] as const;

/** Starts subscriptions, pays them on their pages, and cancels each of them by two clients at once. */
export async function subscriptions(bench: Bench): Promise<Figure[]> {
  const key = await bench.issueKey('service', 'shop');
  const requests = checkoutRequests(bench, '/pay/recurrent', { interval: 'month' });
  addFaults(bench.stripe);
  const started = await sendAll(bench, key, requests);
  const paid = started.filter(isSuccess);
  await Promise.all(paid.map(({ body }) => payOnPage(body.redirectToUrl)));
  const cancelled = await sendAll(bench, key, paid.flatMap(cancellations));
  const left = await settle(bench, key, [...started, ...cancelled]);
  return [
    ...auditCheckouts(bench, requests, started),
    ...auditPaid(bench),
    ...auditSuccess('cancellations', cancelled),
    ...auditEnds(bench, cancelled),
    ...left,
  ];
}

function cancellations({ request, body: { paymentID } }: Outcome, index: number): PlannedRequest[] {
  const end = ENDS[index % ENDS.length];
  const cancellation = {
    name: `end of ${request.name}`,
    path: '/pay/recurrent/expire',
    body: { paymentID, ...end },
  };
  return [cancellation, cancellation];
}

/** Checks that each paid checkout has created one subscription, which was paid once. */
function auditPaid(bench: Bench): Figure[] {
  const sessions = sessionsAtStripe(bench);
  const bySubscription = groupBy(sessions, ({ subscription }) => idOf(subscription) ?? '');
  const created = subscriptionsAtStripe(bench);
  const invoices = [...bench.stripe.store.invoices.newestFirst()];
  const paidBy = groupBy(invoices, ({ parent }) => idOf(parent?.subscription_details?.subscription) ?? '');
  const isPaidOnce = (id: string) =>
    paidBy
      .get(id)
      ?.map(({ status }) => status)
      .join() === 'paid';
  return [
    { what: 'subscriptions', count: created.length },
    expectNone(
      'checkouts without a subscription',
      (bySubscription.get('') ?? []).map(({ id }) => id),
    ),
    expectNone(
      'subscriptions without exactly one checkout',
      created.filter(({ id }) => bySubscription.get(id)?.length !== 1).map(({ id }) => id),
    ),
    expectNone(
      'subscriptions not paid exactly once',
      created.filter(({ id }) => !isPaidOnce(id)).map(({ id }) => id),
    ),
  ];
}

/** Checks that each subscription ends at the time in its clients' responses. */
function auditEnds(bench: Bench, cancelled: readonly Outcome[]): Figure[] {
  const ends = new Map(
    subscriptionsAtStripe(bench).map(({ id, ended_at: endedAt, cancel_at: cancelAt }) => [
      id,
      endedAt ?? cancelAt,
    ]),
  );
  const isTrue = ({ body: { subscriptionID, cancelAt } }: Outcome) =>
    Date.parse(cancelAt) / 1000 === ends.get(subscriptionID);
  const untrue = cancelled.filter((outcome) => isSuccess(outcome) && !isTrue(outcome));
  return [
    expectNone(
      'subscriptions without an end',
      [...ends].filter(([, end]) => end === null).map(([id]) => id),
    ),
    expectNone(
      'another end was reported than Stripe has',
      untrue.map((outcome) => `${describeOutcome(outcome)} | reported ${JSON.stringify(outcome.body)}`),
    ),
  ];
}

function subscriptionsAtStripe({ stripe }: Bench) {
  return stripe.ledger.list('subscription').map(({ id }) => stripe.store.subscriptions.get(id)!);
}

/** A date in the format dd/MM/yyyy. */
function daysAhead(days: number): string {
  const [date = ''] = new Date(Date.now() + days * 24 * 60 * 60 * 1000).toISOString().split('T');
  return date.split('-').toReversed().join('/');
}
