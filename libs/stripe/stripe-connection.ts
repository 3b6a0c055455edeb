/** How many calls to Stripe may run at once, and how many more may wait. */
export interface CallLimits {
  readsMax: number;
  writesMax: number;
  /** Maximum waiting calls of each kind. Further calls fail at once with `too-many-requests`. */
  waitingMax: number;
}

/** Reads and writes have separate limits, so that when Stripe hangs neither kind blocks the other. */
const CALL_LIMITS: CallLimits = { readsMax: 100, writesMax: 100, waitingMax: 1_000 };

/** How to connect to one Stripe account. */
export class StripeConnection {
  constructor(
    readonly secretKey: string,
    /** Origin of a Stripe-compatible API. Defaults to Stripe's own. */
    readonly apiBase?: string,
    /** Signing secrets of webhook endpoints. Empty if webhooks are not used. */
    readonly webhookSecrets: readonly string[] = [],
    readonly limits: CallLimits = CALL_LIMITS,
  ) {}
}
