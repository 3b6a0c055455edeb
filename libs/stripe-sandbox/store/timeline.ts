/** An entity's position in time order: by `created`, then by order of insertion within that second. */
export interface Place {
  readonly id: string;
  readonly created: number;
  readonly sequence: number;
}

/** A range of Unix seconds, both ends included. */
export interface Span {
  first: number;
  last: number;
}

export const ALWAYS: Span = { first: -Infinity, last: Infinity };

const isBefore = (a: Place, b: Place): boolean =>
  a.created < b.created || (a.created === b.created && a.sequence < b.sequence);

/** Places in order, oldest first. Appending in time order, the usual case, needs no search. */
export class Timeline {
  readonly #places: Place[];

  /** @param places at most one */
  constructor(...places: [] | [Place]) {
    this.#places = places;
  }

  get size(): number {
    return this.#places.length;
  }

  add(place: Place): void {
    const index = this.#firstNotBefore(place);
    if (index === this.#places.length) this.#places.push(place);
    else this.#places.splice(index, 0, place);
  }

  remove(place: Place): void {
    const index = this.#firstNotBefore(place);
    if (this.#places[index]?.id === place.id) this.#places.splice(index, 1);
  }

  /** From newest to oldest within a span; with a place, only those older than it. */
  *newestFirst({ first, last }: Span, olderThan?: Place): Generator<Place> {
    const end = olderThan ? this.#firstNotBefore(olderThan) : this.#places.length;
    for (let i = Math.min(end, this.#firstSince(last + 1)) - 1; i >= 0; i--) {
      const place = this.#places[i]!;
      if (place.created < first) return;
      yield place;
    }
  }

  /** From oldest to newest within a span; with a place, only those newer than it. */
  *oldestFirst({ first, last }: Span, newerThan?: Place): Generator<Place> {
    let start = newerThan ? this.#firstNotBefore(newerThan) : 0;
    if (newerThan && this.#places[start]?.id === newerThan.id) start += 1;
    for (let i = Math.max(start, this.#firstSince(first)); i < this.#places.length; i++) {
      const place = this.#places[i]!;
      if (place.created > last) return;
      yield place;
    }
  }

  #firstSince(created: number): number {
    return this.#firstNotBefore({ id: '', created, sequence: -1 });
  }

  #firstNotBefore(place: Place): number {
    let low = 0;
    let high = this.#places.length;
    const last = this.#places[high - 1];
    if (last && isBefore(last, place)) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(this.#places[middle]!, place)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The places of several timelines merged, from newest to oldest. */
export const mergedNewestFirst = (
  timelines: readonly Timeline[],
  span: Span,
  olderThan?: Place,
): Generator<Place> =>
  merged(
    timelines.map((timeline) => timeline.newestFirst(span, olderThan)),
    (a, b) => isBefore(b, a),
  );

/** The places of several timelines merged, from oldest to newest. */
export const mergedOldestFirst = (
  timelines: readonly Timeline[],
  span: Span,
  newerThan?: Place,
): Generator<Place> =>
  merged(
    timelines.map((timeline) => timeline.oldestFirst(span, newerThan)),
    isBefore,
  );

/** Merges sorted walks lazily. */
function* merged(
  walks: readonly Generator<Place>[],
  comesFirst: (a: Place, b: Place) => boolean,
): Generator<Place> {
  const heads = walks.flatMap((walk) => {
    const { value } = walk.next();
    return value ? [{ walk, place: value }] : [];
  });
  while (heads.length > 0) {
    const next = heads.reduce((first, head) => (comesFirst(head.place, first.place) ? head : first));
    yield next.place;
    const { value } = next.walk.next();
    if (value) next.place = value;
    else heads.splice(heads.indexOf(next), 1);
  }
}
