import { idOf } from '#stripe/id-of.js';
import { OPERATION_ID } from '#stripe/find-by-metadata.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import { groupBy } from './audit.js';
import type { Bench } from './bench.js';
import { describeOutcome, isSuccess, type Outcome, type PlannedRequest } from './outcome.js';
import { runChainsAtPace } from './send-all.js';
import { settle } from './settle.js';
import { addFaults } from './stripe.js';
import { expectNone, type Figure } from './verdict.js';

/** Each request is sent by two clients at once, under keys of their own. */
const CLIENTS = 2;
/** More than a billing period. */
const PERIOD_MS = 32 * 24 * 60 * 60 * 1000;
/** Minor units a month. */
const PRICES = { first: 1_000, second: 2_000, third: 3_000, fourth: 4_000 } as const;
type Plan = keyof typeof PRICES;

/** One request about a subscription. */
interface Step {
  path: string;
  body: object;
  to?: Plan;
}

/** What a subscription goes through, what it is for then, and what after its renewal. */
interface Way {
  steps: readonly Step[];
  now: Plan;
  renewed: Plan;
}

const changeTo = (to: Plan, more: object): Step => ({ path: '/pay/recurrent/change', body: more, to });
const AT_ONCE = { at: 'now', proration: 'now' };
const LATER = { at: 'endOfPeriod', proration: 'none' };
/** All begin with a change that is charged at once, and one that is scheduled. */
const BEGINNING = [changeTo('second', AT_ONCE), changeTo('third', LATER)];
const WAYS: readonly Way[] = [
  {
    // The second change later takes the place of the first, and one at once takes the place of both.
    steps: [...BEGINNING, changeTo('fourth', LATER), changeTo('first', { at: 'now', proration: 'none' })],
    now: 'first',
    renewed: 'first',
  },
  {
    // A cancellation takes a change back, and is taken back itself.
    steps: [
      ...BEGINNING,
      { path: '/pay/recurrent/expire', body: { cancelType: 'endOfPeriod' } },
      { path: '/pay/recurrent/resume', body: {} },
    ],
    now: 'second',
    renewed: 'second',
  },
  {
    steps: [
      ...BEGINNING,
      { path: '/pay/recurrent/pause', body: {} },
      { path: '/pay/recurrent/unpause', body: {} },
    ],
    now: 'second',
    renewed: 'third',
  },
  {
    // A change to what the subscription is for takes a scheduled change back.
    steps: [...BEGINNING, changeTo('second', AT_ONCE), changeTo('fourth', LATER)],
    now: 'second',
    renewed: 'fourth',
  },
];
const STEPS = 4;

/** A subscription, and its way. */
interface Subscription {
  name: string;
  paymentID: string;
  id: string;
  way: Way;
}

/** Changes subscriptions at once and later, cancels, resumes and pauses them, and lets them be renewed. */
export async function changes(bench: Bench): Promise<Figure[]> {
  const key = await bench.issueKey('service', 'shop');
  const prices = await createPrices(bench);
  const count = Math.ceil(bench.options.requests / (STEPS * CLIENTS));
  const subscriptions = await Promise.all(
    Array.from({ length: count }, (_, index) => subscribe(bench, key, prices.first, index)),
  );
  addFaults(bench.stripe);
  const outcomes = await runChainsAtPace(
    bench,
    subscriptions.map((subscription) =>
      subscription.way.steps.map((step, index) => {
        const request = requestOf(subscription, step, index, prices);
        return Array.from({ length: CLIENTS }, () => () => bench.client(key).send(request));
      }),
    ),
  );
  const left = await settle(bench, key, outcomes);
  const before = [
    ...auditSchedules(bench, subscriptions),
    ...auditItems(bench, subscriptions, prices, 'now'),
  ];
  await bench.clock.advanceMs(PERIOD_MS);
  // What is due is done before Stripe answers.
  await bench.stripeClient.balance.retrieve();
  return [
    ...auditOutcomes(outcomes),
    ...left,
    ...before,
    ...auditItems(bench, subscriptions, prices, 'renewed'),
    ...auditInvoices(bench, subscriptions),
  ];
}

async function createPrices({ stripeClient }: Bench): Promise<Record<Plan, string>> {
  const { id: product } = await stripeClient.products.create({ name: 'Plan' });
  const ids = await Promise.all(
    Object.entries(PRICES).map(async ([plan, amount]) => {
      const recurring = { interval: 'month' as const };
      const { id } = await stripeClient.prices.create({
        product,
        currency: 'usd',
        unit_amount: amount,
        recurring,
      });
      return [plan, id];
    }),
  );
  return Object.fromEntries(ids) as Record<Plan, string>;
}

async function subscribe(bench: Bench, key: string, priceId: string, index: number): Promise<Subscription> {
  const name = `subscription-${index}`;
  const outcome = await bench.client(key).send({
    name,
    path: '/pay/recurrent',
    body: { shopTransactionID: name, products: [{ priceId, quantity: 1 }], ...redirects },
  });
  if (!isSuccess(outcome)) throw new Error(`no subscription: ${describeOutcome(outcome)}`);
  const { paymentID, redirectToUrl } = outcome.body;
  await payOnPage(redirectToUrl);
  const id = idOf(bench.stripe.store.checkoutSessions.get(paymentID)?.subscription) ?? '';
  return { name, paymentID, id, way: WAYS[index % WAYS.length]! };
}

function requestOf(
  { name, paymentID }: Subscription,
  { path, body, to }: Step,
  index: number,
  prices: Readonly<Record<Plan, string>>,
): PlannedRequest {
  const products = to && [{ priceId: prices[to], quantity: 1 }];
  return {
    name: `step ${index} of ${name}`,
    path,
    body: { paymentID, ...body, ...(products && { products }) },
  };
}

/** Of two clients that ask for the same at once, one may come too late. */
function auditOutcomes(outcomes: readonly Outcome[]): Figure[] {
  const byStep = groupBy([...outcomes], ({ request }) => request.name);
  const others = outcomes.filter((one) => !isSuccess(one) && one.slug !== 'invalid-state');
  return [
    { what: 'reported as done', count: outcomes.filter(isSuccess).length },
    expectNone(
      'steps that nobody reported',
      [...byStep]
        .filter(([, of]) => !of.some(isSuccess))
        .map(([name, of]) => `${name}: ${of.map(describeOutcome).join(' | ')}`),
    ),
    expectNone('requests with another outcome', others.map(describeOutcome)),
  ];
}

/** Each schedule that is left belongs to a subscription that is to change, and carries the id of its operation. */
function auditSchedules({ stripe: { store } }: Bench, subscriptions: readonly Subscription[]): Figure[] {
  const active = [...store.subscriptionSchedules.oldestFirst()].filter(({ status }) => status === 'active');
  const changing = new Map(
    subscriptions
      .filter(({ way }) => way.renewed !== way.now)
      .map((subscription) => [subscription.id, subscription]),
  );
  const isOrphan = ({ id, subscription, metadata, phases }: (typeof active)[number]) => {
    const owner = idOf(subscription) ?? '';
    const isOwned = changing.has(owner) && idOf(store.subscriptions.get(owner)?.schedule) === id;
    return !isOwned || !metadata?.[OPERATION_ID] || phases.length !== 2;
  };
  const scheduled = new Set(active.map(({ subscription }) => idOf(subscription)));
  return [
    { what: 'schedules', count: active.length },
    expectNone(
      'orphan schedules',
      active
        .filter(isOrphan)
        .map(({ id, subscription, phases }) => `${id} of ${idOf(subscription)}, ${phases.length} phases`),
    ),
    expectNone(
      'changes that are not scheduled',
      [...changing].filter(([id]) => !scheduled.has(id)).map(([, { name }]) => name),
    ),
  ];
}

/** Each subscription is for what its clients were told. */
function auditItems(
  { stripe: { store } }: Bench,
  subscriptions: readonly Subscription[],
  prices: Readonly<Record<Plan, string>>,
  when: 'now' | 'renewed',
): Figure[] {
  const wrong = subscriptions.flatMap(({ name, id, way }) => {
    const { items, cancel_at: cancelAt, pause_collection: pause } = store.subscriptions.get(id)!;
    const has = items.data.map(({ price, quantity }) => `${quantity} of ${price.id}`).join();
    const must = `1 of ${prices[way[when]]}`;
    return has === must && cancelAt === null && pause === null ? [] : [`${name} ${id}: ${has}, not ${must}`];
  });
  return [expectNone(`subscriptions that are not as reported, ${when}`, wrong)];
}

/** The first invoice, one for the change that was to be charged at once, and one for the renewal. */
function auditInvoices({ stripe: { store } }: Bench, subscriptions: readonly Subscription[]): Figure[] {
  const bySubscription = groupBy(
    [...store.invoices.oldestFirst()],
    ({ parent }) => idOf(parent?.subscription_details?.subscription) ?? '',
  );
  const wrong = subscriptions.flatMap(({ name, id, way }) => {
    const invoices = bySubscription.get(id) ?? [];
    const reasons = invoices.map(({ status, billing_reason: reason }) => `${status} ${reason}`);
    const renewal = invoices.at(-1)?.total;
    const isRight =
      reasons.join() === 'paid subscription_create,paid subscription_update,paid subscription_cycle' &&
      renewal === PRICES[way.renewed];
    return isRight ? [] : [`${name} ${id}: ${reasons.join(', ')}, the last of ${renewal}`];
  });
  return [expectNone('subscriptions that were not charged once for each change and renewal', wrong)];
}
