import type { Effect } from '#sandbox/control/ledger.js';
import { auditSuccess, groupBy } from './audit.js';
import type { Bench } from './bench.js';
import { sendAll } from './send-all.js';
import { settle } from './settle.js';
import { auditTaxIds, setTaxIds } from './tax-ids.js';
import { type Figure, expectNone } from './verdict.js';

const FIRST_CALLS_PER_USER = 16;
const RESET_SHARE = 0.1;

/**
 * Sends many first calls for each user at once, with connection resets: each user becomes one customer. Then sets several
 * tax ids of each customer at once.
 */
export async function customers(bench: Bench): Promise<Figure[]> {
  const key = await bench.issueKey('partner', 'acme');
  const users = Math.ceil(bench.options.requests / FIRST_CALLS_PER_USER);
  const requests = Array.from({ length: users * FIRST_CALLS_PER_USER }, (_, index) => {
    const user = `user-${Math.floor(index / FIRST_CALLS_PER_USER)}`;
    return { name: `call ${index} for ${user}`, path: `/partners/user/${user}/setup_intent`, body: {} };
  });
  bench.stripe.faults.add({ kinds: ['reset_before_effect', 'reset_after_effect'], share: RESET_SHARE });
  const outcomes = await sendAll(bench, key, requests);
  const taxIds = await setTaxIds(
    bench,
    await bench.query('select user_id as "userId", stripe_customer_id as customer from customers'),
  );
  const left = await settle(bench, key, outcomes);

  const { ledger } = bench.stripe;
  const created = ledger.list('customer');
  const kept = await bench.query<{ id: string }>('select stripe_customer_id as id from customers');
  const keptIds = new Set(kept.map(({ id }) => id));
  const setupIntents = ledger.list('setup_intent');
  const byCustomer = groupBy(setupIntents, ({ customer }) => customer ?? '');
  return [
    { what: 'users', count: users },
    ...auditSuccess('first calls', outcomes),
    { what: 'customers at Stripe', count: created.length, expected: users },
    { what: 'customers in the database', count: kept.length, expected: users },
    { what: 'setup intents at Stripe', count: setupIntents.length, expected: requests.length },
    expectNone(
      'customers that are not in the database',
      created.filter(({ id }) => !keptIds.has(id)).map(describe),
    ),
    expectNone(
      `customers without exactly ${FIRST_CALLS_PER_USER} setup intents`,
      created.filter(({ id }) => byCustomer.get(id)?.length !== FIRST_CALLS_PER_USER).map(describe),
    ),
    ...auditTaxIds(bench, taxIds),
    ...left,
  ];
}

function describe({ id, metadata }: Effect): string {
  return `${id}, ${JSON.stringify(metadata)}`;
}
