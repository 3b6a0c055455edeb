import { isSuccess, describeOutcome, type Outcome } from './outcome.js';
import { type Figure, expectNone } from './verdict.js';

/** A request that must take effect once: what its client received, and what was created at Stripe. */
export interface Case {
  outcome: Outcome;
  /** The id in the client's response; undefined if the request did not succeed. */
  reportedId: string | undefined;
  created: readonly CreatedObject[];
  /** Minor units. */
  expectedAmount: number;
  /** The problem that the request must end with, such as a decline. */
  expectedProblem?: string | undefined;
}

/** An object at Stripe that a request has created. */
export interface CreatedObject {
  id: string;
  /** Minor units. */
  amount: number | null;
}

/** Compares Stripe's objects with the clients' outcomes: each request took effect once, or not at all. */
export function auditOnce(cases: readonly Case[]): Figure[] {
  const isRefused = ({ outcome, expectedProblem }: Case) =>
    expectedProblem !== undefined && outcome.slug === expectedProblem;
  const wrong = (what: string, test: (of: Case) => boolean) =>
    expectNone(what, cases.filter(test).map(describe));
  return [
    { what: 'reported as done', count: cases.filter(({ reportedId }) => reportedId !== undefined).length },
    { what: 'refused as expected', count: cases.filter(isRefused).length },
    wrong('other outcome, or none', (of) => of.reportedId === undefined && !isRefused(of)),
    wrong('should have been refused', (of) => of.expectedProblem !== undefined && !isRefused(of)),
    wrong('doubled: more than one effect', ({ created }) => created.length > 1),
    wrong(
      'lost: reported as done, no effect',
      ({ reportedId, created }) => reportedId !== undefined && created.length === 0,
    ),
    wrong(
      'phantom: an effect that was not reported',
      ({ reportedId, created }) => reportedId === undefined && created.length > 0,
    ),
    wrong(
      'another effect was reported',
      ({ reportedId, created }) =>
        reportedId !== undefined && created.length > 0 && !created.some(({ id }) => id === reportedId),
    ),
    wrong('wrong amount', ({ created, expectedAmount }) =>
      created.some(({ amount }) => amount !== expectedAmount),
    ),
  ];
}

/** Checks that all requests succeeded. */
export function auditSuccess(what: string, outcomes: readonly Outcome[]): Figure[] {
  return [
    { what: `${what} reported as done`, count: outcomes.filter(isSuccess).length },
    expectNone(
      `${what} with another outcome`,
      outcomes.filter((one) => !isSuccess(one)).map(describeOutcome),
    ),
  ];
}

/** Groups items by name. */
export function groupBy<Item>(items: readonly Item[], nameOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const name = nameOf(item);
    groups.set(name, [...(groups.get(name) ?? []), item]);
  }
  return groups;
}

function describe({ outcome, reportedId, created, expectedAmount }: Case): string {
  const effects = created.map(({ id, amount }) => `${id} of ${amount}`);
  return `${describeOutcome(outcome)} | reported ${reportedId} of ${expectedAmount} | Stripe has ${effects.join(', ') || 'nothing'}`;
}
