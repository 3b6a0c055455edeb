import { idOf } from '#stripe/id-of.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import { auditSuccess, groupBy } from './audit.js';
import type { Bench } from './bench.js';
import { isSuccess, type Outcome, type PlannedRequest } from './outcome.js';
import { runAtPace } from './send-all.js';
import { settle } from './settle.js';
import { addFaults } from './stripe.js';
import { type Figure, expectNone } from './verdict.js';

const PRODUCT = 'plan';
/** Settings of the instances. */
export const UPGRADES_ENVIRONMENT = { SUBSCRIBABLE_PRICES: `product:${PRODUCT}` };

/** Each user subscribes by two clients at once, and upgrades by two at once. */
const CLIENTS = 2;
const REQUESTS_PER_USER = 2 * CLIENTS;

/** Subscribes users on all pages that they get, and upgrades each subscription by two clients at once. */
export async function upgrades(bench: Bench): Promise<Figure[]> {
  const userIds = Array.from(
    { length: Math.ceil(bench.options.requests / REQUESTS_PER_USER) },
    (_, index) => `user-${index}`,
  );
  const tokens = await Promise.all(userIds.map((userId) => bench.issueUserToken(userId)));
  const [small, large] = await createPrices(bench);
  addFaults(bench.stripe);
  const subscribed = await sendByTwo(bench, tokens, {
    name: 'subscription',
    path: '/subscriptions/subscribe',
    body: { priceId: small, ...redirects },
  });
  const links = subscribed.filter(isSuccess).map(({ body }): string | null => body.checkoutLink);
  await Promise.all(links.filter((link) => link !== null).map((link) => payOnPage(link)));
  const upgraded = await sendByTwo(bench, tokens, {
    name: 'upgrade',
    path: '/subscriptions/upgrade',
    body: { priceId: large },
  });
  const left = await settle(bench, tokens[0] ?? '', []);
  return [...auditSuccess('pages', subscribed), ...auditUpgrades(bench, userIds, upgraded, large), ...left];
}

async function createPrices({ stripeClient }: Bench): Promise<[string, string]> {
  await stripeClient.products.create({ id: PRODUCT, name: 'Plan' });
  const price = { product: PRODUCT, currency: 'usd', recurring: { interval: 'month' as const } };
  const small = await stripeClient.prices.create({ ...price, unit_amount: 1_000 });
  const large = await stripeClient.prices.create({ ...price, unit_amount: 3_000 });
  return [small.id, large.id];
}

/** Sends a request of each user by two clients at once, under keys of their own. */
function sendByTwo(bench: Bench, tokens: readonly string[], request: PlannedRequest): Promise<Outcome[]> {
  const tasks = tokens.flatMap((token, user) =>
    Array.from({ length: CLIENTS }, () => () => {
      return bench.client(token).send({ ...request, name: `${request.name} of user-${user}` });
    }),
  );
  return runAtPace(bench, tasks);
}

/** Checks that each user has one subscription, which was paid once at its start and once for the upgrade. */
function auditUpgrades(
  { stripe }: Bench,
  userIds: readonly string[],
  upgraded: readonly Outcome[],
  price: string,
): Figure[] {
  const subscriptions = stripe.ledger
    .list('subscription')
    .map(({ id }) => stripe.store.subscriptions.get(id)!);
  const byCustomer = groupBy(subscriptions, ({ customer }) => idOf(customer) ?? '');
  const invoices = groupBy([...stripe.store.invoices.newestFirst()], ({ customer }) => idOf(customer) ?? '');
  const byUser = groupBy([...upgraded], ({ request }) => request.name);
  const paidTwice = (customer: string) =>
    invoices
      .get(customer)
      ?.map(({ status }) => status)
      .join() === 'paid,paid';
  const other = upgraded.filter((one) => !isSuccess(one) && one.slug !== 'invalid-state');
  return [
    { what: 'users with a subscription', count: byCustomer.size, expected: userIds.length },
    expectNone(
      'users with several subscriptions',
      [...byCustomer].filter(([, owned]) => owned.length > 1).map(([customer]) => customer),
    ),
    expectNone(
      'subscriptions without the new price',
      subscriptions.filter(({ items }) => items.data[0]?.price.id !== price).map(({ id }) => id),
    ),
    expectNone(
      'customers not charged exactly twice',
      [...byCustomer.keys()].filter((customer) => !paidTwice(customer)),
    ),
    expectNone(
      'users whose upgrade nobody reported',
      [...byUser].filter(([, outcomes]) => !outcomes.some(isSuccess)).map(([name]) => name),
    ),
    expectNone(
      'upgrades with another outcome',
      other.map(({ request, slug, status }) => `${request.name}: ${slug ?? status}`),
    ),
  ];
}
