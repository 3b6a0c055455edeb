/** A route's number of calls, in total and by response status. */
export interface RouteCount {
  /** Method and path pattern: `POST /v1/refunds/:refund`. */
  route: string;
  calls: number;
  /** Calls by status; a call without a response is not in it. */
  statuses: Record<string, number>;
}

/** Counts API calls by route, since the start of the process. */
export class Counters {
  readonly #counts = new Map<string, RouteCount>();

  called(route: string): void {
    this.#countOf(route).calls += 1;
  }

  answered(route: string, status: number): void {
    const { statuses } = this.#countOf(route);
    statuses[status] = (statuses[status] ?? 0) + 1;
  }

  list(): RouteCount[] {
    return [...this.#counts.values()];
  }

  clear(): void {
    this.#counts.clear();
  }

  #countOf(route: string): RouteCount {
    const count = this.#counts.get(route) ?? { route, calls: 0, statuses: {} };
    this.#counts.set(route, count);
    return count;
  }
}
