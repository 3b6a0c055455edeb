/** Longer than stripe-node waits before it repeats a request: https://github.com/stripe/stripe-node#network-retries */
const EXPECTED_MS = 10_000;

/** The requests that stripe-node is about to repeat. It does not say of a request which one it repeats. */
export class ExpectedRetries {
  private readonly timers = new Map<string, NodeJS.Timeout>();

  expect(request: string): void {
    this.take(request);
    const timer = setTimeout(() => this.timers.delete(request), EXPECTED_MS).unref();
    this.timers.set(request, timer);
  }

  /** Whether a request repeats an earlier one, which can then be repeated no more. */
  take(request: string): boolean {
    clearTimeout(this.timers.get(request));
    return this.timers.delete(request);
  }
}
