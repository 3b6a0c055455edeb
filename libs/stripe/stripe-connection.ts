import type { CallLimits } from './fair-queue.js';

/** Reads that run at once by default, and writes: when Stripe hangs, neither kind blocks the other. */
export const CALLS_MAX = 200;

/** The limits of reads, and of writes, if so many may run at once. One caller may hold half of the places. */
export function callLimits(placesMax: number): CallLimits {
  return { placesMax, callerPlacesMax: Math.ceil(placesMax / 2), waitingMax: 5 * placesMax };
}

/** How to connect to one Stripe account. */
export class StripeConnection {
  constructor(
    readonly secretKey: string,
    /** Origin of a Stripe-compatible API. Defaults to Stripe's own. */
    readonly apiBase?: string,
    /** Signing secrets of webhook endpoints. Empty if webhooks are not used. */
    readonly webhookSecrets: readonly string[] = [],
    readonly limits: CallLimits = callLimits(CALLS_MAX),
  ) {}

  /** Whether the key is for live mode: https://docs.stripe.com/keys */
  get isLive(): boolean {
    return /^[a-z]+_live_/.test(this.secretKey);
  }
}
