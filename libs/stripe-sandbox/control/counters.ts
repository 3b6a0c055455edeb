/** How often a route was called, and with which status it answered. */
export interface RouteCount {
  /** Method and path pattern: `POST /v1/refunds/:refund`. */
  route: string;
  calls: number;
  /** Calls by status; one that got no answer has none. */
  statuses: Record<string, number>;
}

/** Calls of the API by route, since the start of the process. */
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
