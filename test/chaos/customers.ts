import type { Bench } from './bench.js';
import type { Figure } from './verdict.js';

const FIRST_CALLS_PER_USER = 16;
const RESETS_SHARE = 0.1;

/** Many first calls for each of many users at once, with resets: each user becomes one customer. */
export async function customers(bench: Bench): Promise<Figure[]> {
  const key = await bench.issueKey('partner', 'acme');
  const users = Math.ceil(bench.hardship.requests / FIRST_CALLS_PER_USER);
  const wanted = Array.from({ length: users * FIRST_CALLS_PER_USER }, (_, index) => ({
    path: `/partners/user/user-${Math.floor(index / FIRST_CALLS_PER_USER)}/setup_intent`,
    body: {},
  }));
  bench.stripe.faults.add({ kinds: ['reset_before_effect', 'reset_after_effect'], share: RESETS_SHARE });
  const told = await bench.sendAll(key, wanted);
  const left = await bench.settle();

  const { ledger } = bench.stripe;
  const setupIntents = ledger.list('setup_intent');
  return [
    { what: 'first calls', count: wanted.length },
    {
      what: 'told as done',
      count: told.filter(({ status }) => status === 201).length,
      expected: wanted.length,
    },
    { what: 'customers at Stripe', count: ledger.list('customer').length, expected: users },
    {
      what: 'customers in the database',
      count: await bench.count('select count(*)::int from customers'),
      expected: users,
    },
    { what: 'setup intents at Stripe', count: setupIntents.length, expected: wanted.length },
    {
      what: 'customers with setup intents',
      count: new Set(setupIntents.map(({ customer }) => customer)).size,
      expected: users,
    },
    ...left,
  ];
}
