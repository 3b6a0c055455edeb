import { idOf } from '#stripe/id-of.js';
import { groupBy } from './audit.js';
import type { Bench } from './bench.js';
import { describeOutcome, isSuccess, type Outcome } from './outcome.js';
import { runAtPace } from './send-all.js';
import { expectNone, type Figure } from './verdict.js';

/** What the clients of one user set at once. Stripe refuses the last one. */
const VALUES = ['DE111111111', 'DE222222222', 'DE111111111', 'nonsense'] as const;
const REFUSED = 'invalid-request';

/** A request that sets the tax id of a user, as it has ended. */
interface TaxIdRequest {
  customer: string;
  value: string;
  outcome: Outcome;
}

/** Sets different tax ids of each customer at once, by clients that repeat their requests. */
export async function setTaxIds(
  bench: Bench,
  customers: readonly { userId: string; customer: string }[],
): Promise<TaxIdRequest[]> {
  const key = await bench.issueKey('service', 'shop');
  const tasks = customers.flatMap(({ userId, customer }) =>
    VALUES.map((value, client) => async () => {
      const path = `/customers/${userId}?tenant=acme`;
      const body = { taxId: { type: 'eu_vat', value } };
      const name = `tax id ${client} of ${userId}`;
      return { customer, value, outcome: await bench.client(key).send({ name, method: 'PUT', path, body }) };
    }),
  );
  return runAtPace(bench, tasks);
}

/** Compares the tax ids that Stripe has with what the clients were told. */
export function auditTaxIds({ stripe }: Bench, requests: readonly TaxIdRequest[]): Figure[] {
  const ofCustomer = groupBy([...stripe.store.taxIds.oldestFirst()], ({ customer }) => idOf(customer) ?? '');
  const all = [...groupBy(requests, ({ customer }) => customer)].map(([customer, of]) => {
    const kept = (ofCustomer.get(customer) ?? []).map(({ value }) => value);
    const told = of.filter(({ outcome }) => isSuccess(outcome)).map(({ value }) => value);
    const answers = of.map(({ outcome }) => describeOutcome(outcome)).join(' | ');
    return { kept, told, line: `${customer} has ${kept.join(', ') || 'no tax id'} | ${answers}` };
  });
  const linesOf = (test: (one: (typeof all)[number]) => boolean) => all.filter(test).map(({ line }) => line);
  const others = requests.filter(({ value, outcome }) =>
    value === 'nonsense' ? outcome.slug !== REFUSED : !isSuccess(outcome),
  );
  return [
    { what: 'tax ids reported as set', count: requests.filter(({ outcome }) => isSuccess(outcome)).length },
    expectNone(
      'customers without exactly one tax id',
      linesOf(({ kept }) => kept.length !== 1),
    ),
    expectNone(
      'customers with a tax id that nobody was told',
      linesOf(({ kept, told }) => kept.some((value) => !told.includes(value))),
    ),
    expectNone(
      'tax ids with another outcome',
      others.map(({ outcome }) => describeOutcome(outcome)),
    ),
  ];
}
