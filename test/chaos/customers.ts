import type { Effect } from '#sandbox/control/ledger.js';
import { auditGranted, groupBy } from './audit.js';
import type { Bench } from './bench.js';
import { sendAll } from './send-all.js';
import { settle } from './settle.js';
import { type Figure, never } from './verdict.js';

const FIRST_CALLS_PER_USER = 16;
const RESETS_SHARE = 0.1;

/** Many first calls for each of many users at once, with resets: each user becomes one customer. */
export async function customers(bench: Bench): Promise<Figure[]> {
  const key = await bench.issueKey('partner', 'acme');
  const users = Math.ceil(bench.hardship.requests / FIRST_CALLS_PER_USER);
  const wanted = Array.from({ length: users * FIRST_CALLS_PER_USER }, (_, index) => {
    const user = `user-${Math.floor(index / FIRST_CALLS_PER_USER)}`;
    return { name: `call ${index} for ${user}`, path: `/partners/user/${user}/setup_intent`, body: {} };
  });
  bench.stripe.faults.add({ kinds: ['reset_before_effect', 'reset_after_effect'], share: RESETS_SHARE });
  const told = await sendAll(bench, key, wanted);
  const left = await settle(bench, key, told);

  const { ledger } = bench.stripe;
  const made = ledger.list('customer');
  const kept = await bench.query<{ id: string }>('select stripe_customer_id as id from customers');
  const keptIds = new Set(kept.map(({ id }) => id));
  const setupIntents = ledger.list('setup_intent');
  const byCustomer = groupBy(setupIntents, ({ customer }) => customer ?? '');
  return [
    { what: 'users', count: users },
    ...auditGranted('first calls', told),
    { what: 'customers at Stripe', count: made.length, expected: users },
    { what: 'customers in the database', count: kept.length, expected: users },
    { what: 'setup intents at Stripe', count: setupIntents.length, expected: wanted.length },
    never(
      'customers that the database does not know',
      made.filter(({ id }) => !keptIds.has(id)).map(describe),
    ),
    never(
      `customers not of ${FIRST_CALLS_PER_USER} calls`,
      made.filter(({ id }) => byCustomer.get(id)?.length !== FIRST_CALLS_PER_USER).map(describe),
    ),
    ...left,
  ];
}

function describe({ id, metadata }: Effect): string {
  return `${id}, ${JSON.stringify(metadata)}`;
}
