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
}

/** An effect at Stripe. */
export interface Made {
  id: string;
  /** Minor units. */
  amount: number | null;
}

/**
 * Compares what Stripe has with what clients were told: each wish has had its effect once, or not at all.
 *
 * @param refusal the problem that is to be expected, such as a decline
 */
export function auditOnce(cases: readonly Case[], refusal?: string): Figure[] {
  const isRefused = ({ told }: Case) => told.slug !== undefined && told.slug === refusal;
  const wrong = (what: string, test: (of: Case) => boolean) => never(what, cases.filter(test).map(describe));
  return [
    { what: 'told as done', count: cases.filter(({ toldId }) => toldId !== undefined).length },
    ...(refusal ? [{ what: `told as ${refusal}`, count: cases.filter(isRefused).length }] : []),
    wrong('told something else, or nothing', (of) => of.toldId === undefined && !isRefused(of)),
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
