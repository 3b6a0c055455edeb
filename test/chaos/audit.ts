import type { Figure } from './verdict.js';

/** Something that one client wanted once: what it was told, and what Stripe has for it. */
export interface Case {
  /** What it was told was made; undefined where it was told of no success. */
  toldId: string | undefined;
  /** A failure that was to be expected, such as a decline. */
  isRefused: boolean;
  made: readonly Made[];
  /** Minor units. */
  wantedAmount: number;
}

/** An effect at Stripe. */
export interface Made {
  id: string;
  /** Minor units. */
  amount: number | null;
}

/** Compares what Stripe has with what clients were told: each wish has had its effect once, or not at all. */
export function auditOnce(cases: readonly Case[]): Figure[] {
  const count = (test: (of: Case) => boolean) => cases.filter(test).length;
  const never = (what: string, test: (of: Case) => boolean) => ({ what, count: count(test), expected: 0 });
  const isDone = ({ toldId }: Case) => toldId !== undefined;
  return [
    { what: 'told as done', count: count(isDone) },
    { what: 'told as refused', count: count(({ isRefused }) => isRefused) },
    never('told something else, or nothing', (of) => !isDone(of) && !of.isRefused),
    never('doubled: more than one effect', ({ made }) => made.length > 1),
    never('lost: told as done, no effect', (of) => isDone(of) && of.made.length === 0),
    never('phantom: an effect, not told as done', (of) => !isDone(of) && of.made.length > 0),
    never('told of another effect', ({ made, toldId }) =>
      made.some(({ id }) => toldId !== undefined && id !== toldId),
    ),
    never('wrong amount', ({ made, wantedAmount }) => made.some(({ amount }) => amount !== wantedAmount)),
  ];
}

/** Sorts effects by what they were made for. */
export function groupBy<Item>(items: readonly Item[], nameOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const name = nameOf(item);
    groups.set(name, [...(groups.get(name) ?? []), item]);
  }
  return groups;
}
