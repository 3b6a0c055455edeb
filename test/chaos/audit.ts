import { isDone, storyOf, type Told } from './told.js';
import { type Figure, never } from './verdict.js';

/** Something that one client wanted once: what it was told, and what Stripe has for it. */
export interface Case {
  told: Told;
  /** What it was told was made; undefined where it was told of no success. */
  toldId: string | undefined;
  made: readonly Made[];
  /** Minor units. */
  wantedAmount: number;
  /** The problem that it has to end with, such as a decline. */
  refusal?: string | undefined;
}

/** An effect at Stripe. */
export interface Made {
  id: string;
  /** Minor units. */
  amount: number | null;
}

/** Compares what Stripe has with what clients were told: each wish has had its effect once, or not at all. */
export function auditOnce(cases: readonly Case[]): Figure[] {
  const isRefused = ({ told, refusal }: Case) => refusal !== undefined && told.slug === refusal;
  const wrong = (what: string, test: (of: Case) => boolean) => never(what, cases.filter(test).map(describe));
  return [
    { what: 'told as done', count: cases.filter(({ toldId }) => toldId !== undefined).length },
    { what: 'refused, as they had to be', count: cases.filter(isRefused).length },
    wrong('told something else, or nothing', (of) => of.toldId === undefined && !isRefused(of)),
    wrong('not refused, as they had to be', (of) => of.refusal !== undefined && !isRefused(of)),
    wrong('doubled: more than one effect', ({ made }) => made.length > 1),
    wrong('lost: told as done, no effect', ({ toldId, made }) => toldId !== undefined && made.length === 0),
    wrong(
      'phantom: an effect, not told as done',
      ({ toldId, made }) => toldId === undefined && made.length > 0,
    ),
    wrong(
      'told of another effect',
      ({ toldId, made }) => toldId !== undefined && made.length > 0 && !made.some(({ id }) => id === toldId),
    ),
    wrong('wrong amount', ({ made, wantedAmount }) => made.some(({ amount }) => amount !== wantedAmount)),
  ];
}

/** All were granted what they wished. */
export function auditGranted(what: string, told: readonly Told[]): Figure[] {
  return [
    { what: `${what} told as done`, count: told.filter(isDone).length },
    never(`${what} told as anything else`, told.filter((one) => !isDone(one)).map(storyOf)),
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

function describe({ told, toldId, made, wantedAmount }: Case): string {
  const effects = made.map(({ id, amount }) => `${id} of ${amount}`);
  return `${storyOf(told)} | told ${toldId} of ${wantedAmount} | Stripe has ${effects.join(', ') || 'nothing'}`;
}
