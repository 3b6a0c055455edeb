/** Where an entity stands among the others: by `created`, then by order of insertion within that second. */
export interface Place {
  readonly id: string;
  readonly created: number;
  readonly sequence: number;
}

const isBefore = (a: Place, b: Place): boolean =>
  a.created < b.created || (a.created === b.created && a.sequence < b.sequence);

/** Places kept oldest first; appending in time order, the usual case, costs nothing. */
export class Timeline {
  readonly #places: Place[] = [];

  add(place: Place): void {
    this.#places.splice(this.#firstNotBefore(place), 0, place);
  }

  remove(place: Place): void {
    const index = this.#firstNotBefore(place);
    if (this.#places[index]?.id === place.id) this.#places.splice(index, 1);
  }

  /** From the newest to the oldest; with a place, only those older than it. */
  *newestFirst(olderThan?: Place): Generator<string> {
    const end = olderThan ? this.#firstNotBefore(olderThan) : this.#places.length;
    for (let i = end - 1; i >= 0; i--) yield this.#places[i]!.id;
  }

  /** From the oldest to the newest; with a place, only those newer than it. */
  *oldestFirst(newerThan?: Place): Generator<string> {
    let index = newerThan ? this.#firstNotBefore(newerThan) : 0;
    if (newerThan && this.#places[index]?.id === newerThan.id) index += 1;
    for (; index < this.#places.length; index++) yield this.#places[index]!.id;
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
