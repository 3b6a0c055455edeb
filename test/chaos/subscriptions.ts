import { idOf } from '#stripe/id-of.js';
import { payOnPage } from '../support/hosted-page.js';
import { auditGranted, groupBy } from './audit.js';
import type { Bench } from './bench.js';
import { auditCheckouts, checkoutWishes, sessionsAtStripe } from './checkout-wishes.js';
import { sendAll } from './send-all.js';
import { settle } from './settle.js';
import { addFaults } from './stripe.js';
import { isDone, storyOf, type Told, type Wish } from './told.js';
import { type Figure, never } from './verdict.js';

/** The ways to end a subscription, which take turns. The day lies within the first period. */
const ENDS = [
  { cancelType: 'now' },
  { cancelType: 'endOfPeriod' },
  { cancelType: 'atDay', cancelTime: daysAhead(10) },
] as const;

/** Starts subscriptions, pays for them as people would, and cancels each of them, by two clients at once. */
export async function subscriptions(bench: Bench): Promise<Figure[]> {
  const key = await bench.issueKey('service', 'shop');
  const wanted = checkoutWishes(bench, '/pay/recurrent', { interval: 'month' });
  addFaults(bench.stripe);
  const started = await sendAll(bench, key, wanted);
  const paid = started.filter(isDone);
  await Promise.all(paid.map(({ body }) => payOnPage(body.redirectToUrl)));
  const cancelled = await sendAll(bench, key, paid.flatMap(cancellations));
  const left = await settle(bench, key, [...started, ...cancelled]);
  return [
    ...auditCheckouts(bench, wanted, started),
    ...auditPaid(bench),
    ...auditGranted('cancellations', cancelled),
    ...auditEnds(bench, cancelled),
    ...left,
  ];
}

function cancellations({ wish, body: { paymentID } }: Told, index: number): Wish[] {
  const end = ENDS[index % ENDS.length];
  const cancellation = {
    name: `end of ${wish.name}`,
    path: '/pay/recurrent/expire',
    body: { paymentID, ...end },
  };
  return [cancellation, cancellation];
}

/** Each paid checkout has made one subscription, which was paid once. */
function auditPaid(bench: Bench): Figure[] {
  const sessions = sessionsAtStripe(bench);
  const bySubscription = groupBy(sessions, ({ subscription }) => idOf(subscription) ?? '');
  const made = subscriptionsAtStripe(bench);
  const invoices = [...bench.stripe.store.invoices.newestFirst()];
  const paidBy = groupBy(invoices, ({ parent }) => idOf(parent?.subscription_details?.subscription) ?? '');
  const isPaidOnce = (id: string) =>
    paidBy
      .get(id)
      ?.map(({ status }) => status)
      .join() === 'paid';
  return [
    { what: 'subscriptions', count: made.length },
    never(
      'checkouts without a subscription',
      (bySubscription.get('') ?? []).map(({ id }) => id),
    ),
    never(
      'subscriptions that no checkout, or more than one, has made',
      made.filter(({ id }) => bySubscription.get(id)?.length !== 1).map(({ id }) => id),
    ),
    never(
      'subscriptions not paid exactly once',
      made.filter(({ id }) => !isPaidOnce(id)).map(({ id }) => id),
    ),
  ];
}

/** Each subscription ends, and when its clients were told. */
function auditEnds(bench: Bench, cancelled: readonly Told[]): Figure[] {
  const ends = new Map(
    subscriptionsAtStripe(bench).map(({ id, ended_at: endedAt, cancel_at: cancelAt }) => [
      id,
      endedAt ?? cancelAt,
    ]),
  );
  const isTrue = ({ body: { subscriptionID, cancelAt } }: Told) =>
    Date.parse(cancelAt) / 1000 === ends.get(subscriptionID);
  const untrue = cancelled.filter((told) => isDone(told) && !isTrue(told));
  return [
    never(
      'subscriptions without an end',
      [...ends].filter(([, end]) => end === null).map(([id]) => id),
    ),
    never(
      'told of another end than Stripe has',
      untrue.map((told) => `${storyOf(told)} | told ${JSON.stringify(told.body)}`),
    ),
  ];
}

function subscriptionsAtStripe({ stripe }: Bench) {
  return stripe.ledger.list('subscription').map(({ id }) => stripe.store.subscriptions.get(id)!);
}

/** In the form dd/MM/yyyy. */
function daysAhead(days: number): string {
  const [date = ''] = new Date(Date.now() + days * 24 * 60 * 60 * 1000).toISOString().split('T');
  return date.split('-').toReversed().join('/');
}
