import { isDeepStrictEqual } from 'node:util';
import { groupBy } from './audit.js';
import type { Bench } from './bench.js';
import type { Maker } from './mixed-payments.js';
import { expectedPayment, paymentsAtStripe } from './payments-at-stripe.js';
import { expectNone, type Figure } from './verdict.js';

/** A payment as the service shows it. */
export type Shown = Readonly<Record<string, unknown>> & { paymentID: string };

const PAGE_SIZE = 100;
/** Fields that say how often the record was written. */
const OWN_FIELDS: ReadonlySet<string> = new Set(['version', 'updatedAt']);

/** Compares the record with Stripe's objects, field by field. */
export async function auditRecord(
  bench: Bench,
  serviceKey: string,
  makers: ReadonlyMap<string, Maker>,
): Promise<Figure[]> {
  const atStripe = paymentsAtStripe(bench.stripe);
  const names = groupBy(atStripe, ({ name }) => name);
  const shown = groupBy(await shownPayments(bench, serviceKey), ({ paymentID }) => paymentID);
  const expected = atStripe.map((payment) => ({ ...expectedPayment(payment), ...makers.get(payment.name) }));
  const expectedIds = new Set(expected.map(({ paymentID }) => paymentID));
  return [
    { what: 'payments at Stripe', count: atStripe.length },
    expectNone(
      'payments that are not exactly once at Stripe',
      [...makers.keys()].filter((name) => names.get(name)?.length !== 1),
    ),
    expectNone(
      'payments that are not in the record',
      [...expectedIds].filter((id) => !shown.has(id)),
    ),
    expectNone(
      'payments of the record that Stripe does not have',
      [...shown.keys()].filter((id) => !expectedIds.has(id)),
    ),
    expectNone(
      'payments of the record that differ from Stripe',
      expected.flatMap((one) => (shown.get(one.paymentID) ?? []).flatMap((other) => differences(one, other))),
    ),
  ];
}

/** All payments that a service can list. */
export async function shownPayments({ fleet }: Bench, key: string): Promise<Shown[]> {
  const all: Shown[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { url } = await fleet.next(0);
    const query = `limit=${PAGE_SIZE}${cursor && `&cursor=${cursor}`}`;
    const response = await fetch(`${url}/pay/payments?${query}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    if (!response.ok) throw new Error(`no page of payments: ${response.status} ${await response.text()}`);
    const page = (await response.json()) as { data: Shown[]; nextCursor: string | null };
    all.push(...page.data);
    cursor = page.nextCursor;
  }
  return all;
}

/** The fields that differ, as one line; none if they are equal. */
function differences(
  expected: Readonly<Record<string, unknown>> & { paymentID: string },
  shown: Shown,
): string[] {
  const fields = new Set([...Object.keys(expected), ...Object.keys(shown)]);
  const wrong = [...fields].filter(
    (field) => !OWN_FIELDS.has(field) && !isDeepStrictEqual(expected[field], shown[field]),
  );
  const lines = wrong.map(
    (field) => `${field} is ${JSON.stringify(shown[field])} instead of ${JSON.stringify(expected[field])}`,
  );
  return lines.length === 0 ? [] : [`${expected.paymentID}: ${lines.join('; ')}`];
}
